import type { Deployment } from '@covey/contracts/abi';
import { cidToChain } from '@covey/protocol';
import {
  answerHash,
  decodeAnswer,
  digestOf,
  encodeRequest,
  type InferenceAnswer,
  type InferenceRequest,
  type SignedAnswer,
} from '@covey/protocol/inference';
import { isAddressEqual, recoverAddress, type Address, type Hex } from 'viem';
import { z } from 'zod';
import { clientError } from '../errors.ts';

const bytes32 = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value));
const base64 = z.string().max(12 * 2 ** 20);
const wei = z.string().regex(/^\d{1,78}$/);

/** What stands under `covey` in every answer of a host. */
export const proofSchema = z.object({
  request: base64,
  answer: base64,
  model: bytes32,
  scorer: bytes32,
  input: bytes32,
  output: bytes32,
  channel: bytes32,
  nonce: z.string().regex(/^\d{1,20}$/),
  signature: z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{130}$/.test(value)),
  price: wei,
  due: wei,
});

export type Proof = z.infer<typeof proofSchema>;

/** An answer that is the host's beyond doubt: both documents are what it signed. Whether it is right, a replay says. */
export interface ProvenAnswer {
  host: Address;
  request: InferenceRequest;
  answer: InferenceAnswer;
  /** Documents, byte for byte. */
  documents: { request: Uint8Array; answer: Uint8Array };
  signed: SignedAnswer;
  signature: Hex;
  price: bigint;
}

export interface Expected {
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>;
  host: Address;
  signer: Address;
  /** The core that the answer must come from. */
  scorer: Hex;
  channel: Hex;
  request: InferenceRequest;
  price: bigint;
}

/** Throws HOST_ANSWER_INVALID where anything is not as it was asked, computed and signed. */
export async function proveAnswer(given: unknown, expected: Expected): Promise<ProvenAnswer> {
  const parsed = proofSchema.safeParse(given);
  if (!parsed.success) throw invalid('a proof under `covey`', 'another form');
  const proof = parsed.data;
  const request = encodeRequest(expected.request);
  const document = bytesOf(proof.answer);
  const signed: SignedAnswer = {
    model: cidToChain(expected.request.model).digest,
    scorer: expected.scorer,
    input: digestOf(request),
    output: digestOf(document),
    channel: expected.channel,
    nonce: BigInt(proof.nonce),
  };
  for (const name of ['model', 'scorer', 'input', 'output', 'channel'] as const)
    if (proof[name] !== signed[name]) throw invalid(`${name} ${signed[name]}`, proof[name]);
  const signer = await recoverAddress({
    hash: answerHash(expected.deployment, signed),
    signature: proof.signature,
  }).catch(() => null);
  if (signer === null || !isAddressEqual(signer, expected.signer))
    throw invalid(`a signature of ${expected.signer}`, signer ?? 'no signature');
  const { host, price } = expected;
  const answer = decoded(document, expected.request);
  const documents = { request, answer: document };
  return { host, request: expected.request, answer, documents, signed, signature: proof.signature, price };
}

function decoded(document: Uint8Array, request: InferenceRequest): InferenceAnswer {
  let answer: InferenceAnswer;
  try {
    answer = decodeAnswer(document);
  } catch (cause) {
    throw clientError('HOST_ANSWER_INVALID', 'The host signed what is no answer.', { cause });
  }
  if (!isInForm(answer, request))
    throw invalid(`an answer in the form of the request, which is to ${request.kind}`, formOf(answer));
  return answer;
}

/** What can be said of an answer without its model: as many rows or tokens as were asked for, or the stop that ended it. */
function isInForm(answer: InferenceAnswer, request: InferenceRequest): boolean {
  if (request.kind !== 'generate')
    return (
      answer.kind === 'values' && answer.rows === (request.kind === 'predict' ? request.rows : request.texts.length)
    );
  if (answer.kind !== 'tokens' || answer.tokens.length > request.length) return false;
  const { tokens, finish } = answer;
  const endsIn = (stop: readonly number[]) =>
    stop.every((token, i) => tokens[tokens.length - stop.length + i] === token);
  return request.stop.some(endsIn) ? finish === 'stop' : finish === 'length' && tokens.length === request.length;
}

const formOf = (answer: InferenceAnswer): string =>
  answer.kind === 'tokens' ? `${answer.tokens.length} tokens, ended by ${answer.finish}` : `${answer.rows} rows`;

export function bytesOf(base64Text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64Text), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw clientError('HOST_ANSWER_INVALID', 'The host’s answer is not base64.', { cause });
  }
}

const invalid = (expected: string, got: string) =>
  clientError('HOST_ANSWER_INVALID', 'The host’s answer is not what was asked or signed.', { expected, got });
