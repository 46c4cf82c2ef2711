import { cidFromChain, codecs, type ResultSummary } from '@covey/protocol';

/** CID of the result document that a summary names. */
export function resultDocumentCid({ documentDigest }: Pick<ResultSummary, 'documentDigest'>): string {
  return cidFromChain({ codec: BigInt(codecs.dagJson), digest: documentDigest });
}
