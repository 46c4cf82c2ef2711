import { appendFile, open, type FileHandle } from 'node:fs/promises';
import { isCoveyError, type CoveyError } from '@covey/errors';
import { clientError } from '@covey/client';
import { bytesOf, proofSchema, type ProvenAnswer } from '@covey/client/inference';
import type { Deployment } from '@covey/contracts/abi';
import { getAddress, isAddress, recoverAddress, type Address } from 'viem';
import { z } from 'zod';
import { answerHash, decodeRequest, digestOf } from '@covey/protocol/inference';
import { cidToChain } from '@covey/protocol';
import { nodeError } from '../errors.ts';

/** A line of a host's log of answers, or of a client's own: the proof, and whose host it was. */
const lineSchema = proofSchema.extend({
  host: z.string().refine((text) => isAddress(text, { strict: false }), 'expected an address'),
});

/** The largest documents in base64, and what stands around them. */
const MAX_LINE_BYTES = 2 ** 25;

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

export async function addAnswer(
  path: string,
  { host, documents, signed, signature, price }: ProvenAnswer,
): Promise<void> {
  const proof = {
    ...{ host, request: base64(documents.request), answer: base64(documents.answer) },
    ...{ ...signed, nonce: String(signed.nonce), signature, price: String(price), due: '0' },
  };
  await appendFile(path, `${JSON.stringify(proof)}\n`, { mode: 0o600 });
}

/** An answer that a key signed, whatever its document is: what is no answer at all is a wrong one. */
export type LoggedAnswer = Omit<ProvenAnswer, 'answer' | 'price'> & { signer: Address };

/** A line of a file of answers: what it proves, or why nothing can be said of it. */
export type AnswerLine =
  { line: number; logged: LoggedAnswer; error: null } | { line: number; logged: null; error: CoveyError };

/** What a file of signed answers holds: a line that cannot be read, or proves nothing, is told of, and the next one read. */
export async function* readAnswers(
  path: string,
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>,
): AsyncGenerator<AnswerLine> {
  const file = await open(path).catch((cause: unknown) => {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a log of signed answers', cause });
  });
  let line = 0;
  for await (const text of linesOf(file)) {
    line++;
    if (text === '') continue;
    const read = await answerIn(text, deployment).catch((error: unknown) => {
      if (isCoveyError(error)) return error;
      throw error;
    });
    yield isCoveyError(read) ? { line, logged: null, error: read } : { line, logged: read, error: null };
  }
}

/** Lines, each without its end; null for one that is longer than any answer: it is passed over as it comes. */
async function* linesOf(file: FileHandle): AsyncGenerator<string | null> {
  let parts: Buffer[] = [];
  let length = 0;
  const take = (part: Buffer) => {
    length += part.length;
    if (length > MAX_LINE_BYTES) parts = [];
    else parts.push(part);
  };
  const taken = () => {
    const line = length > MAX_LINE_BYTES ? null : Buffer.concat(parts).toString('utf8').replace(/\r$/, '');
    [parts, length] = [[], 0];
    return line;
  };
  for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end));
      yield taken();
      from = end + 1;
    }
    take(chunk.subarray(from));
  }
  if (length > 0) yield taken();
}

async function answerIn(
  text: string | null,
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>,
): Promise<LoggedAnswer> {
  if (text === null) return invalid(`longer than ${MAX_LINE_BYTES} bytes`);
  const { host, scorer, channel, nonce, signature, ...given } = parsed(text);
  const documents = { request: bytesOf(given.request), answer: bytesOf(given.answer) };
  const request = decodeRequest(documents.request);
  const signed = {
    ...{ scorer, channel, nonce: BigInt(nonce) },
    model: cidToChain(request.model).digest,
    input: digestOf(documents.request),
    output: digestOf(documents.answer),
  };
  const signer = await recoverAddress({ hash: answerHash(deployment, signed), signature }).catch(invalid);
  return { host: getAddress(host), request, documents, signed, signature, signer };
}

function parsed(text: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    return invalid(cause);
  }
}

function invalid(cause: unknown): never {
  throw clientError('HOST_ANSWER_INVALID', 'There is no signed answer in this line.', { cause });
}
