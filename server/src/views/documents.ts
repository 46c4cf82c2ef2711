import { and, eq, inArray } from 'drizzle-orm';
import { summariseResult } from '@covey/protocol';
import type { ResultDocument, TaskDocument } from '@covey/protocol';
import type { CardDocument } from '@covey/protocol/card';
import type { Offer } from '@covey/protocol/inference';
import type { SealedManifest } from '@covey/protocol/sealed';
import { messageOf } from '../errors.ts';
import type { ProposalMetadata } from '../indexer/documents.ts';
import type { DocumentError, DocumentStatus } from '../schema/index.ts';
import { documents } from '../store/schema.ts';
import type { Reader } from './reader.ts';

export interface Read<T> {
  cid: string;
  status: DocumentStatus;
  value: T | null;
  error: DocumentError | null;
}

/** What documents of each kind are read as. */
interface Documents {
  task: TaskDocument;
  result: ResultDocument;
  metadata: ProposalMetadata;
  sealed: SealedManifest;
  card: CardDocument;
  offer: Offer;
}

/** Documents of one kind by CID; a CID that nobody fetched yet is pending. */
export async function readDocuments<K extends keyof Documents>(
  reader: Reader,
  kind: K,
  cids: readonly (string | null | undefined)[],
): Promise<(cid: string) => Read<Documents[K]>> {
  const wanted = [...new Set(cids.filter((cid): cid is string => typeof cid === 'string'))];
  const rows =
    wanted.length === 0
      ? []
      : await reader.db
          .select()
          .from(documents)
          .where(and(eq(documents.kind, kind), inArray(documents.cid, wanted)));
  const byCid = new Map(rows.map((row) => [row.cid, row]));
  return (cid) => {
    const row = byCid.get(cid);
    if (row === undefined) return { cid, status: 'pending', value: null, error: null };
    const error = row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' };
    return { cid, status: row.status, value: row.status === 'ok' ? (row.value as Documents[K]) : null, error };
  };
}

/** A well-formed result document that is not the one whose hash was accepted says nothing about the round. */
export function heldTo(read: Read<ResultDocument>, resultHash: string): Read<ResultDocument> {
  if (read.value === null) return read;
  const refuse = (message: string): Read<ResultDocument> => ({
    ...read,
    status: 'invalid',
    value: null,
    error: { code: 'RESULT_MISMATCH', message },
  });
  try {
    const { resultHash: own } = summariseResult(read.value);
    return own === resultHash ? read : refuse(`the document has the result hash ${own}, not ${resultHash}`);
  } catch (error) {
    return refuse(messageOf(error));
  }
}
