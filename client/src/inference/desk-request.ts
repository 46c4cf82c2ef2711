import { cidToChain } from '@covey/protocol';
import {
  MAX_REQUEST_BYTES,
  answerTo,
  decodeRequest,
  digestOf,
  encodeAnswer,
  type InferenceRequest,
} from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';
import type { ContentReader } from '../content/content-store.ts';
import { clientError } from '../errors.ts';
import { MAX_DESK_OUTPUT, type DeskDocuments, type DeskRequest } from './desk.ts';
import { fetchInferenceModel } from './replay.ts';

/**
 * What a request at the desk asks, as hosts read it: a `covey.request/1` of the model and the core that it names.
 * REQUEST_UNREADABLE where it is something else, which no host answers, and where the bytes that are given are those of
 * another request: a reorganisation can give its number to one.
 */
export async function readDeskInput(
  reader: ContentReader,
  request: Pick<DeskRequest, 'requestId' | 'model' | 'input'>,
  { input }: Pick<DeskDocuments, 'input'>,
): Promise<InferenceRequest> {
  const { requestId } = request;
  if (input === null && request.input === null)
    throw clientError('REQUEST_UNREADABLE', `The request ${requestId} names its input in no way that can be read.`);
  if (input !== null && !isInputOf(request, input))
    throw clientError('REQUEST_UNREADABLE', `The request ${requestId} was asked with other bytes.`, {
      expected: request.input ?? 'a CID',
      got: digestOf(input),
    });
  const bytes = input ?? (await reader.get(request.input!, { maxBytes: MAX_REQUEST_BYTES, timeoutMs: 30_000 }));
  let asked: InferenceRequest;
  try {
    asked = decodeRequest(bytes);
  } catch (cause) {
    throw clientError('REQUEST_UNREADABLE', `The request ${requestId} is no covey.request/1.`, { cause });
  }
  const { digest } = cidToChain(asked.model);
  if (digest !== request.model)
    throw clientError('REQUEST_UNREADABLE', `The request ${requestId} is about another model than its order.`, {
      expected: request.model,
      got: digest,
    });
  return asked;
}

/** Whether these are the bytes whose digest the contract keeps. */
const isInputOf = ({ input }: Pick<DeskRequest, 'input'>, bytes: Uint8Array): boolean =>
  input !== null && cidToChain(input).digest === digestOf(bytes);

/** Computes the answer document with content that anybody can fetch. SCORER_OTHER where it asks for another core. */
export async function computeDeskAnswer(
  core: Core,
  reader: ContentReader,
  request: Pick<DeskRequest, 'requestId' | 'model' | 'scorer' | 'input'>,
  documents: Pick<DeskDocuments, 'input'>,
): Promise<Uint8Array> {
  if (request.scorer !== core.sha256)
    throw clientError('SCORER_OTHER', `The request ${request.requestId} asks for another core than this one.`, {
      expected: core.sha256,
      got: request.scorer,
    });
  const asked = await readDeskInput(reader, request, documents);
  return fitting(encodeAnswer(answerTo(core, await fetchInferenceModel(reader, asked), asked)));
}

/** ANSWER_TOO_LONG where the desk would not take it. */
export function fitting(output: Uint8Array): Uint8Array {
  if (output.length > MAX_DESK_OUTPUT)
    throw clientError('ANSWER_TOO_LONG', 'The answer is longer than the desk takes.', {
      expected: `at most ${MAX_DESK_OUTPUT} bytes`,
      got: `${output.length} bytes`,
    });
  return output;
}

/** Whether an answer is, byte for byte, the one that was computed. */
export const isAnswer = (request: Pick<DeskRequest, 'output'>, output: Uint8Array): boolean =>
  request.output === digestOf(output);
