import type { CoveyError } from '@covey/errors';
import { unsupported } from '../json-reader.ts';

/** A pattern as it is read. */
export class Source {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isEnd(): boolean {
    return this.at >= this.text.length;
  }

  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? '';
  }

  skip(count: number): void {
    this.at += count;
  }

  accept(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** One character, which must be there. */
  next(): string {
    if (this.isEnd) throw this.unsupported('its end');
    const character = String.fromCodePoint(this.text.codePointAt(this.at)!);
    this.at += character.length;
    return character;
  }

  /** What a sticky expression of ours finds here. */
  take(expression: RegExp, expected: string): string {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (!found) throw unsupported(`a pattern, at ${this.at} of ${this.text.slice(0, 60)}`, expected, this.peek());
    this.at += found[0].length;
    return found[0];
  }

  unsupported(what: string): CoveyError {
    const expected = 'a pattern of characters, classes, groups, repetitions and short looks ahead';
    return unsupported(`${what}, at ${this.at} of the pattern ${this.text.slice(0, 60)}`, expected, this.text);
  }
}
