import type { CoveyError } from '@covey/errors';
import * as dagJson from '@ipld/dag-json';
import type { z } from 'zod';
import { protocolError } from './errors.ts';
import { parseWith } from './primitives.ts';

/** No document of ours nests deeper than this; deeper input is refused before a recursive decoder sees it. */
const MAX_DEPTH = 16;

export interface DocumentFormat<T> {
  /** What it is called in errors. */
  name: string;
  schema: z.ZodType<T>;
  maxBytes: number;
}

/** Encodes as canonical DAG-JSON (sorted keys, no white space). Refuses what the schema refuses. */
export function encodeDocument<T>(format: DocumentFormat<T>, value: T): Uint8Array {
  const bytes = encodeChecked(format, parseWith(format.schema, value, format.name));
  if (bytes.length > format.maxBytes) throw tooLarge(format, bytes.length);
  return bytes;
}

/** Decodes bytes that must be exactly what `encodeDocument` would make of their content. */
export function decodeDocument<T>(format: DocumentFormat<T>, bytes: Uint8Array): T {
  if (bytes.length > format.maxBytes) throw tooLarge(format, bytes.length);
  checkDepth(format, bytes);
  let decoded: unknown;
  try {
    decoded = dagJson.decode(bytes);
  } catch (cause) {
    throw protocolError('PROTOCOL_INVALID_DOCUMENT', `the ${format.name} is not DAG-JSON`, {
      hint: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
  const value = parseWith(format.schema, decoded, format.name);
  // What the schema returned is encoded again, not what was decoded: keys that vanish on the way (`__proto__`) show.
  if (!sameBytes(encodeChecked(format, value), bytes)) {
    throw protocolError('PROTOCOL_NOT_CANONICAL', `the ${format.name} is not in canonical DAG-JSON`, {
      hint: 'write it with sorted keys, without white space, and with every number and string in its shortest form',
    });
  }
  return value;
}

function encodeChecked<T>(format: DocumentFormat<T>, value: T): Uint8Array {
  try {
    return dagJson.encode(value);
  } catch (cause) {
    throw protocolError('PROTOCOL_INVALID_DOCUMENT', `the ${format.name} cannot be written as DAG-JSON`, { cause });
  }
}

function tooLarge<T>(format: DocumentFormat<T>, got: number): CoveyError {
  return protocolError('PROTOCOL_TOO_LARGE', `the ${format.name} is too large`, {
    expected: `at most ${format.maxBytes} bytes`,
    got: `${got} bytes`,
  });
}

function checkDepth<T>(format: DocumentFormat<T>, bytes: Uint8Array): void {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inString) {
      if (byte === 0x5c) i++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > MAX_DEPTH) {
      throw protocolError('PROTOCOL_INVALID_DOCUMENT', `the ${format.name} nests too deeply`, {
        expected: `at most ${MAX_DEPTH} levels`,
      });
    }
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
