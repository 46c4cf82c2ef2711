import type { CoveyChain } from '../chain/chain.ts';
import {
  decodeResultDocument,
  type Claim,
  type ResultDocument,
  type ResultSummary,
  summariseResult,
} from '@covey/protocol';
import { resultDocumentCid } from '../chain/result-document-cid.ts';
import { readAccepted, readRound, type RoundOnChain } from '../chain/read-round.ts';
import { type ContentReader, type GetOptions } from '../content/content-store.ts';
import { clientError } from '../errors.ts';

/** Fetches the document of the result that a round accepted, and checks that it leads to the accepted hash. */
export async function readAcceptedDocument(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  round: number,
  options: GetOptions = {},
): Promise<AcceptedDocument & { info: RoundOnChain }> {
  const info = await readRound(covey, taskId, round);
  return { info, ...(await readDocumentOf(covey, reader, info, options)) };
}

export interface AcceptedDocument {
  summary: ResultSummary;
  document: ResultDocument;
  claims: Claim[];
  cid: string;
}

/** The same of a round that was read already. */
export async function readDocumentOf(
  covey: CoveyChain,
  reader: ContentReader,
  info: RoundOnChain,
  options: GetOptions = {},
): Promise<AcceptedDocument> {
  const { taskId, round } = info;
  const summary = await readAccepted(covey, info);
  if (!summary) {
    throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} has no accepted result.`, {
      got: `phase ${info.phase}`,
    });
  }
  const cid = resultDocumentCid(summary);
  const document = decodeResultDocument(await reader.get(cid, options));
  const { claims, resultHash } = summariseResult(document);
  if (resultHash !== info.acceptedHash) {
    throw clientError('RESULT_MISMATCH', `The result document ${cid} does not lead to the accepted hash.`, {
      expected: String(info.acceptedHash),
      got: resultHash,
    });
  }
  return { summary, document, claims, cid };
}
