import { appendFile, readFile } from 'node:fs/promises';
import { bytesOf, proofSchema, proveAnswer, type ProvenAnswer } from '@covey/client/inference';
import type { Deployment } from '@covey/contracts/abi';
import { decodeRequest } from '@covey/protocol/inference';
import { getAddress, isAddress, recoverAddress, type Address } from 'viem';
import { z } from 'zod';
import { answerHash, digestOf } from '@covey/protocol/inference';
import { cidToChain } from '@covey/protocol';
import { nodeError } from '../errors.ts';

/** A line of a host's log of answers, or of a client's own: the proof, and whose host it was. */
const lineSchema = proofSchema.extend({
  host: z.string().refine((text) => isAddress(text, { strict: false }), 'expected an address'),
});

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

/** What a file of signed answers holds; a line that proves nothing is refused, as its host could not be held to it. */
export async function* readAnswers(
  path: string,
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>,
): AsyncGenerator<ProvenAnswer & { signer: Address }> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a log of signed answers', cause });
  });
  for (const [i, line] of text.split('\n').filter(Boolean).entries()) {
    const proof = parsed(line, `${path}, line ${i + 1}`);
    const request = decodeRequest(bytesOf(proof.request));
    const { signature, channel, scorer, price } = proof;
    const signed = {
      ...{ scorer, channel, nonce: BigInt(proof.nonce) },
      model: cidToChain(request.model).digest,
      input: digestOf(bytesOf(proof.request)),
      output: digestOf(bytesOf(proof.answer)),
    };
    const signer = await recoverAddress({ hash: answerHash(deployment, signed), signature });
    const host = getAddress(proof.host);
    const proven = await proveAnswer(proof, {
      deployment,
      host,
      signer,
      scorer,
      channel,
      request,
      price: BigInt(price),
    });
    yield { ...proven, signer };
  }
}

function parsed(line: string, where: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `There is no signed answer in ${where}.`, { cause });
  }
}
