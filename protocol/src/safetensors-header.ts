import type { CoveyError } from '@covey/errors';
import { protocolError } from './errors.ts';

/** Bounds that no honest model comes near; they keep a hostile header cheap. */
export const MAX_HEADER_BYTES = 1024 * 1024;
export const MAX_TENSORS = 4096;
export const MAX_DIMENSIONS = 8;

export interface HeaderEntry {
  name: string;
  dtype: string;
  shape: readonly number[];
  begin: number;
  end: number;
}

/**
 * Reads the canonical header and nothing else. A general JSON parser would first build whatever a stranger wrote
 * (`__proto__` keys, a million levels, duplicate keys) and leave the checking for later; this one accepts one spelling,
 * in one pass, and says where another begins.
 */
export function parseHeader(header: Uint8Array): HeaderEntry[] {
  const reader = new HeaderReader(header);
  const entries: HeaderEntry[] = [];
  reader.expect('{');
  if (!reader.accept('}')) {
    do {
      if (entries.length === MAX_TENSORS) throw reader.refuse(`at most ${MAX_TENSORS} tensors`);
      entries.push(readEntry(reader));
    } while (reader.accept(','));
    reader.expect('}');
  }
  reader.expectPadding();
  return entries;
}

function readEntry(reader: HeaderReader): HeaderEntry {
  const name = reader.string();
  if (name === '__metadata__') throw reader.refuse('no __metadata__');
  reader.expect(':{"dtype":');
  const dtype = reader.string();
  reader.expect(',"shape":[');
  const shape: number[] = [];
  if (!reader.accept(']')) {
    do {
      if (shape.length === MAX_DIMENSIONS) throw reader.refuse(`at most ${MAX_DIMENSIONS} dimensions`);
      shape.push(reader.integer());
    } while (reader.accept(','));
    reader.expect(']');
  }
  reader.expect(',"data_offsets":[');
  const begin = reader.integer();
  reader.expect(',');
  const end = reader.integer();
  reader.expect(']}');
  return { name, dtype, shape, begin, end };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TILDE = 0x7e;
const ZERO = 0x30;
const NINE = 0x39;

class HeaderReader {
  private readonly bytes: Uint8Array;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  refuse(expected: string): CoveyError {
    const seen = this.bytes.subarray(this.position, this.position + 16);
    return protocolError('PROTOCOL_NOT_SAFETENSORS', `the header is not canonical at byte ${this.position}`, {
      expected,
      got: this.position >= this.bytes.length ? 'its end' : JSON.stringify(String.fromCharCode(...seen)),
    });
  }

  accept(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.position + i] !== text.charCodeAt(i)) return false;
    }
    this.position += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.refuse(text);
  }

  /** Printable ASCII without quote and backslash: what needs no escape. */
  string(): string {
    this.expect('"');
    const start = this.position;
    for (;;) {
      const byte = this.bytes[this.position];
      if (byte === QUOTE) break;
      if (byte === undefined || byte < SPACE || byte > TILDE || byte === BACKSLASH)
        throw this.refuse('printable ASCII');
      if (this.position - start === 256) throw this.refuse('at most 256 characters');
      this.position++;
    }
    if (this.position === start) throw this.refuse('a name that is not empty');
    const text = String.fromCharCode(...this.bytes.subarray(start, this.position));
    this.position++;
    return text;
  }

  /** A non-negative integer below 2^53 without leading zeros. */
  integer(): number {
    const start = this.position;
    let value = 0;
    for (;;) {
      const byte = this.bytes[this.position];
      if (byte === undefined || byte < ZERO || byte > NINE) break;
      if (value === 0 && this.position > start) throw this.refuse('no leading zero');
      value = value * 10 + (byte - ZERO);
      if (!Number.isSafeInteger(value)) throw this.refuse('an integer below 2^53');
      this.position++;
    }
    if (this.position === start) throw this.refuse('a digit');
    return value;
  }

  /** Up to seven spaces to the end. */
  expectPadding(): void {
    if (this.bytes.length - this.position > 7) throw this.refuse('at most seven spaces to the end');
    while (this.position < this.bytes.length) {
      if (this.bytes[this.position] !== SPACE) throw this.refuse('spaces to the end');
      this.position++;
    }
  }
}
