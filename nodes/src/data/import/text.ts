import { MAX_SHARD_BYTES, type Dataset, type DescribedText } from '@covey/protocol';
import type { Tokenizer } from '@covey/protocol/tokenizer';
import { integerType, valueTypes } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';

/** Text as samples of `length` + 1 bytes, each beginning with the last byte of the one before; what is left at the end stays out. */
export function importText(
  bytes: Uint8Array,
  length: number,
): { data: Dataset; description: DescribedText; unused: number } {
  requireUtf8(bytes);
  const samples = Math.floor((bytes.length - 1) / length);
  if (samples < 1)
    throw nodeError('DATA_BAD_TEXT', 'The text is shorter than a sample.', {
      expected: `at least ${length + 1} bytes`,
      got: `${bytes.length}`,
    });
  if (samples * (length + 1) > MAX_SHARD_BYTES)
    throw nodeError('DATA_TOO_LARGE', 'The text is too long.', {
      expected: `at most ${MAX_SHARD_BYTES} bytes of samples`,
    });
  const inputs = new Uint8Array(samples * (length + 1));
  for (let i = 0; i < samples; i++) inputs.set(bytes.subarray(i * length, (i + 1) * length + 1), i * (length + 1));
  const description: DescribedText = {
    schema: 'covey.data/1',
    kind: 'text',
    tokens: 'bytes',
    length,
    source: { samples },
  };
  return { data: { inputs, features: length + 1 }, description, unused: bytes.length - 1 - samples * length };
}

/** By whom a text becomes tokens, and how many there are for the model: as many as the tokenizer has, or more. */
export interface TextTokenizer {
  tokenizer: Tokenizer;
  cid: string;
  vocabulary: number;
}

/** Text as samples of `length` + 1 tokens, each beginning with the last one of the one before; what is left at the end stays out. */
export function importTokens(
  bytes: Uint8Array,
  length: number,
  { tokenizer, cid, vocabulary }: TextTokenizer,
): { data: Dataset; description: DescribedText; unused: number } {
  if (vocabulary < tokenizer.vocabulary)
    throw nodeError('CONFIG_INVALID', 'The vocabulary is smaller than that of the tokenizer.', {
      expected: `at least ${tokenizer.vocabulary}`,
      got: `${vocabulary}`,
    });
  const tokens = tokenizer.encode(textOf(bytes), { special: 'before' });
  const samples = Math.floor((tokens.length - 1) / length);
  if (samples < 1)
    throw nodeError('DATA_BAD_TEXT', 'The text is shorter than a sample.', {
      expected: `at least ${length + 1} tokens`,
      got: `${tokens.length}`,
    });
  const { Array: Numbers, bytes: size } = valueTypes[integerType(vocabulary)];
  if (samples * (length + 1) * size > MAX_SHARD_BYTES)
    throw nodeError('DATA_TOO_LARGE', 'The text is too long.', {
      expected: `at most ${MAX_SHARD_BYTES} bytes of samples`,
    });
  const inputs = new Numbers(samples * (length + 1));
  for (let i = 0; i < samples; i++) inputs.set(tokens.slice(i * length, (i + 1) * length + 1), i * (length + 1));
  const description: DescribedText = {
    schema: 'covey.data/1',
    kind: 'text',
    tokens: { tokenizer: cid, vocabulary },
    length,
    source: { samples },
  };
  return { data: { inputs, features: length + 1 }, description, unused: tokens.length - 1 - samples * length };
}

/** All of a text; throws DATA_BAD_TEXT where it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  requireUtf8(bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** In pieces, so that no text is ever whole in memory beside its bytes. */
function requireUtf8(bytes: Uint8Array): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for (let at = 0; at < bytes.length; at += PIECE) decoder.decode(bytes.subarray(at, at + PIECE), { stream: true });
    decoder.decode();
  } catch (cause) {
    throw nodeError('DATA_BAD_TEXT', 'The text is not UTF-8.', {
      expected: 'text in UTF-8',
      hint: 'Save it as UTF-8.',
      cause,
    });
  }
}

const PIECE = 2 ** 20;
