import type { DescribedOutput } from '@covey/protocol';
import { parseCell } from './cells.ts';
import { requireName, scalingOf, wrongCell, type Scaling } from './column-fit.ts';
import { badTable, shown } from './csv-reader.ts';
import { NumberList } from './number-list.ts';
import { missingOutput } from './table-map.ts';

export interface OutputFit {
  add(text: string | undefined, row: number): void;
}

export const byUnits = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const whole = /^(?:0|-?[1-9][0-9]{0,14})$/;
/** More are hardly classes; numbers that are to be predicted are targets. */
const MAX_LABELS = 4096;

/** Classes in the order of numbers where all are whole ones, else of their UTF-16 units. */
export class ClassFit implements OutputFit {
  readonly name: string;
  readonly #classes = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  add(text: string | undefined, row: number): void {
    if (text === undefined) throw missingOutput(row, this.name);
    if (this.#classes.has(text)) return;
    requireName(this.name, text, 'class');
    this.#classes.add(text);
    if (this.#classes.size > MAX_LABELS)
      throw badTable(`Column ${shown(this.name)} has too many classes.`, {
        expected: `at most ${MAX_LABELS}`,
        hint: `Predict it as a number instead: --target ${this.name}`,
      });
  }

  describe(): DescribedOutput {
    const names = [...this.#classes];
    if (names.length < 2)
      throw badTable(`Column ${shown(this.name)} has one class only.`, {
        expected: 'at least two',
        got: names.map(shown).join(),
      });
    if (names.every((name) => whole.test(name))) names.sort((a, b) => Number(a) - Number(b));
    else names.sort(byUnits);
    return { type: 'class', column: this.name, count: names.length, names };
  }
}

export class TargetFit implements OutputFit {
  readonly name: string;
  readonly #scale: Scaling;
  readonly #values = new NumberList((length) => new Float64Array(length));

  constructor(name: string, scale: Scaling = 'standard') {
    this.name = name;
    this.#scale = scale;
  }

  add(text: string | undefined, row: number): void {
    if (text === undefined) throw missingOutput(row, this.name);
    const value = parseCell(text, 'number');
    if (Number.isNaN(value)) throw wrongCell(this.name, row, text, 'number');
    this.#values.push(value);
  }

  describe() {
    return { name: this.name, ...scalingOf(this.name, this.#values.values(), this.#scale) };
  }
}

export function outputOf(fits: OutputFit[]): DescribedOutput {
  const [first] = fits;
  if (first instanceof ClassFit) return first.describe();
  return { type: 'number', values: (fits as TargetFit[]).map((fit) => fit.describe()) };
}
