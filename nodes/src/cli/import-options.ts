import { MAX_CATEGORIES } from '@covey/protocol';
import { InvalidArgumentError } from 'commander';
import {
  arrayRoles,
  columnTypes,
  dataFormats,
  defaultMissing,
  delimiters,
  scalings,
  type ArrayOptions,
  type ArrayRole,
  type ColumnType,
  type Delimiter,
  type ImageOptions,
  type ReadTableOptions,
  type TableOptions,
} from '../data/import/index.ts';
import { nodeError } from '../errors.ts';
import { positive } from './arguments.ts';
import { flag, oneOf, optional, preset, several, unlessNot, type Values } from './define-command.ts';

/** How a file of the caller's becomes samples; each kind of file has some of them. */
export const importOptions = {
  format: oneOf('--format <kind>', 'what the file is, where its name and first bytes do not say', dataFormats),
  label: optional('--label <column>', 'CSV: the column with classes'),
  target: several('--target <columns...>', 'CSV: the columns with numbers to predict'),
  drop: several('--drop <columns...>', 'CSV: columns that are no features'),
  type: several('--type <column=type...>', `CSV: what columns are, whatever they look like: ${columnTypes.join(', ')}`),
  missing: several('--missing <texts...>', `CSV: what stands for no value, beside ${defaultMissing.join(' ')}`),
  scale: oneOf('--scale <how>', 'of numbers in CSV, and of targets: standard unless given', scalings),
  indicators: flag('--indicators', 'CSV: a feature that says where a number is missing'),
  maxCategories: preset('--max-categories <n>', 'CSV: most categories of a column', 64, categories),
  other: flag('--other', 'CSV: a place for rare categories, and for those that come later'),
  delimiter: optional(
    '--delimiter <character>',
    'CSV: what parts fields (default: what the first line has)',
    delimiter,
  ),
  header: unlessNot('--no-header', 'CSV: the first line is a row; columns are named column-1, column-2, …'),
  labels: optional('--labels <file>', 'IDX and npy: the file with the labels'),
  arrays: several('--arrays <role=name...>', `npz and safetensors: which array is ${arrayRoles.join(', ')}`),
  classes: optional('--classes <n>', 'arrays: how many classes there are (default: by the largest label)', positive),
  vocabulary: optional('--vocabulary <n>', 'arrays of tokens: how many there are (default: by the largest)', positive),
  tokenizer: optional(
    '--tokenizer <file>',
    'text: tokenizer.json, or the folder of a model that has one (default: bytes)',
  ),
  length: optional('--length <n>', 'text and tokens: how many a model sees at once', positive),
  size: optional('--size <width>x<height>', 'images: what they are stretched to', size),
  channels: oneOf('--channels <kind>', 'images: grey unless given', ['grey', 'rgb']),
};

export type ImportOptions = Values<typeof importOptions>;

/** Of commands that make samples as a description says: all that it says already. */
export const nothingImported = {
  ...{ label: undefined, target: undefined, drop: undefined, type: undefined, missing: undefined, scale: undefined },
  ...{ indicators: undefined, maxCategories: 64, other: undefined, classes: undefined, vocabulary: undefined },
  ...{ length: undefined, size: undefined, channels: undefined, tokenizer: undefined },
} satisfies Partial<ImportOptions>;

function categories(text: string): number {
  const value = positive(text);
  if (value > MAX_CATEGORIES) throw new InvalidArgumentError(`Expected at most ${MAX_CATEGORIES}.`);
  return value;
}

function delimiter(text: string): Delimiter {
  const found = delimiters.find((one) => one === (text === '\\t' || text === 'tab' ? '\t' : text));
  if (found === undefined) throw new InvalidArgumentError('Expected one of , ; | and tab.');
  return found;
}

function size(text: string): { width: number; height: number } {
  const [, width, height] = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(text) ?? [];
  if (Number(width) <= 4096 && Number(height) <= 4096) return { width: Number(width), height: Number(height) };
  throw new InvalidArgumentError('Expected WIDTHxHEIGHT such as 28x28, of at most 4096.');
}

export function readTableOptions({ delimiter: parts, header }: ImportOptions): ReadTableOptions {
  return { delimiter: parts, noHeader: !header };
}

/** Options of tables; columns that the rows are parted by are no features. */
export function tableOptions(options: ImportOptions, by?: string): TableOptions {
  const { label, target, drop = [], missing = [], scale, indicators, maxCategories, other } = options;
  return {
    label,
    targets: target,
    drop: by === undefined ? drop : [...drop, by],
    types: Object.fromEntries((options.type ?? []).map(typeOf)),
    missing: [...defaultMissing, ...missing],
    ...{ scale, indicators, maxCategories, other },
  };
}

/** `age=number`; a name may hold the sign itself. */
function typeOf(text: string): [string, ColumnType] {
  const at = text.lastIndexOf('=');
  const type = columnTypes.find((one) => one === text.slice(at + 1));
  if (at > 0 && type) return [text.slice(0, at), type];
  throw nodeError('CONFIG_INVALID', '--type says what a column is.', {
    expected: `COLUMN=TYPE with one of ${columnTypes.join(', ')}`,
    got: text,
  });
}

export function arrayOptions({ arrays = [], classes, vocabulary, length, scale }: ImportOptions): ArrayOptions {
  return { names: Object.fromEntries(arrays.map(roleOf)), classes, vocabulary, length, scale };
}

function roleOf(text: string): [ArrayRole, string] {
  const [name, ...rest] = text.split('=');
  const role = arrayRoles.find((one) => one === name);
  if (role && rest.length > 0) return [role, rest.join('=')];
  throw nodeError('CONFIG_INVALID', '--arrays says which array is what.', {
    expected: `ROLE=NAME with one of ${arrayRoles.join(', ')}`,
    got: text,
  });
}

export function imageOptions(options: ImportOptions): ImageOptions {
  if (options.size) return { ...options.size, channels: options.channels === 'rgb' ? 3 : 1 };
  throw nodeError('CONFIG_INVALID', 'Images need a size that all are stretched to.', {
    expected: '--size WIDTHxHEIGHT such as 28x28',
  });
}

export function textLength({ length }: ImportOptions): number {
  if (length !== undefined) return length;
  throw nodeError('CONFIG_INVALID', 'Text needs the number of bytes that a model sees at once.', {
    expected: '--length N such as 64',
  });
}
