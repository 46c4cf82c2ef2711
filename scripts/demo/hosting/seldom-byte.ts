import { flippedAt } from '@covey/nodes/experiments';
import { modelFromBytes, type Architecture } from '@covey/protocol';
import { answerTo, digestOf, encodeAnswer, type InferenceRequest } from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';

/** Bytes of the file that are tried; some tens are enough. */
const TRIES = 10_000;
/** Weights between two tries. */
const STRIDE = 97;

/**
 * The byte of a model's file that a host flips a bit of so that one of these requests alone is answered wrongly: who looks at
 * one answer in ten would mostly see nothing. It is the last byte of a weight, whose highest bit is its sign.
 */
export function seldomByte(
  core: Core,
  architecture: Architecture,
  file: Uint8Array,
  requests: readonly InferenceRequest[],
): number {
  const answers = (bytes: Uint8Array) => {
    const parameters = modelFromBytes(architecture, bytes, { maxBytes: bytes.byteLength });
    return requests.map((request) => digestOf(encodeAnswer(answerTo(core, { architecture, parameters }, request))));
  };
  const right = answers(file);
  for (let tried = 0; tried < TRIES; tried++) {
    const byte = file.length - 1 - 4 * STRIDE * tried;
    const wrong = answers(flippedAt(file, byte)).filter((answer, i) => answer !== right[i]);
    if (wrong.length === 1) return byte;
  }
  throw new Error('No weight of the model is needed for one of these answers alone.');
}
