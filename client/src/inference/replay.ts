import { blockCid, codecs } from '@covey/protocol';
import {
  answerTo,
  decodeArchitecture,
  digestOf,
  encodeAnswer,
  encodeEvidence,
  type InferenceModel,
} from '@covey/protocol/inference';
import { modelFromBytes, modelLimit } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Hex } from 'viem';
import { clientError } from '../errors.ts';
import type { ContentReader, ContentStore } from '../content/content-store.ts';
import type { ProvenAnswer } from './proof.ts';

/** Where a bit differs: what is right, and the document that lets anybody see it. */
export interface WrongAnswer {
  right: Uint8Array;
  output: Hex;
  evidence: Uint8Array;
  /** CID of the evidence. */
  cid: string;
}

/** The model that a request names, from content that anybody can fetch; of a sealed model its owner has the bytes. */
export async function fetchInferenceModel(
  reader: ContentReader,
  { model, network }: { model: string; network: string },
): Promise<InferenceModel> {
  const architecture = decodeArchitecture(await reader.get(network));
  const maxBytes = modelLimit(architecture);
  return {
    architecture,
    parameters: modelFromBytes(architecture, await reader.get(model, { maxBytes }), { maxBytes }),
  };
}

/** Computes a signed answer again; null where every bit is the same. SCORER_OTHER where another core answered. */
export function replayAnswer(
  core: Core,
  model: InferenceModel,
  proven: Pick<ProvenAnswer, 'signed' | 'documents' | 'request'>,
): WrongAnswer | null {
  const { signed, documents } = proven;
  if (signed.scorer !== core.sha256)
    throw clientError('SCORER_OTHER', 'The answer comes from another core than this one.', {
      expected: core.sha256,
      got: signed.scorer,
    });
  const right = encodeAnswer(answerTo(core, model, proven.request));
  const output = digestOf(right);
  if (output === signed.output) return null;
  const evidence = encodeEvidence({
    schema: 'covey.evidence/1',
    scorer: signed.scorer,
    request: documents.request,
    answer: documents.answer,
    right,
  });
  return { right, output, evidence, cid: blockCid(codecs.dagJson, evidence) };
}

/** Puts the evidence where those who rule can read it. */
export async function publishEvidence(store: ContentStore, { evidence }: WrongAnswer): Promise<string> {
  return await store.putBlock(codecs.dagJson, evidence);
}
