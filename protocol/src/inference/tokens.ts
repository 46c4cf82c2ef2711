import { integerType, networkLayout, valueTypes, type NetworkLayout } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';

/** Zeros of the narrowest type that holds the vocabulary. */
export const tokenArray = (vocabulary: number, length: number): Uint8Array | Uint16Array | Uint32Array =>
  new valueTypes[integerType(vocabulary)].Array(length);

/** Tokens that the model knows; throws PROTOCOL_INVALID_REQUEST for others, and for a model that has none. */
export function requireTokens(
  layers: Architecture['layers'],
  texts: readonly (readonly number[])[],
): Exclude<NetworkLayout['input'], { kind: 'features' }> {
  const { input } = networkLayout(layers);
  if (input.kind === 'features')
    throw protocolError('PROTOCOL_INVALID_REQUEST', 'this model takes features, not text', {
      expected: 'a request of kind predict',
    });
  const bad = texts.flat().find((token) => token >= input.vocabulary);
  if (bad !== undefined)
    throw protocolError('PROTOCOL_INVALID_REQUEST', 'a token is beyond the vocabulary', {
      expected: `numbers below ${input.vocabulary}`,
      got: `${bad}`,
    });
  return input;
}

/** The same of a model that says which token follows. */
export function requireNextTokens(
  layers: Architecture['layers'],
  texts: readonly (readonly number[])[],
): { size: number; vocabulary: number } {
  const input = requireTokens(layers, texts);
  if (input.kind === 'tokens') return input;
  throw protocolError('PROTOCOL_INVALID_REQUEST', 'this model reads whole texts and does not continue them', {
    expected: 'a request of kind embed or predict',
  });
}
