import type { CoveyError } from '@covey/errors';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { getAddress, isAddress } from 'viem';
import type { Address, PublicClient } from 'viem';
import { serverError } from '../errors.ts';
import type { Page, PageQuery, Source } from '../schema/index.ts';
import type { Database } from '../store/handle.ts';
import type { Origin } from '../store/tables/rounds.ts';

/** What every view reads from. */
export interface Reader {
  db: Database;
  client: PublicClient;
  deployment: Deployment;
  /** The chain's time in seconds: of its newest indexed block, so that pages agree with what contracts say. */
  now(): number;
  block(): { number: number; hash: `0x${string}`; timestamp: number };
}

export function sourceOf(row: Origin): Source {
  return { blockNumber: row.blockNumber, transactionHash: row.transactionHash, logIndex: row.logIndex };
}

export function originOf(row: Origin): { at: number; source: Source } {
  return { at: row.at, source: sourceOf(row) };
}

/** Cursors are offsets: lists are short and newest first, and a page that shifts by one is read again by live events. */
export function offsetOf({ cursor }: PageQuery): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) {
    throw serverError('SERVER_INVALID_ARGUMENT', 'not a cursor of this list', { got: cursor });
  }
  return Number(cursor);
}

export function pageOf<T>(items: T[], total: number, query: PageQuery): Page<T> {
  const end = offsetOf(query) + items.length;
  return { items, total, nextCursor: end < total ? String(end) : null };
}

/** A uint256 in a path. */
export function parseId(text: string): bigint {
  if (!/^(0|[1-9]\d{0,77})$/.test(text)) {
    throw serverError('SERVER_INVALID_ARGUMENT', 'not an identifier', { expected: 'a decimal integer', got: text });
  }
  return BigInt(text);
}

/** An address in a path or a filter, in any case. */
export function parseAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) {
    throw serverError('SERVER_INVALID_ARGUMENT', 'not an address', { expected: '0x and 40 hex digits', got: text });
  }
  return getAddress(text);
}

export function missing(what: string): CoveyError {
  return serverError('SERVER_NOT_FOUND', `there is no ${what}`);
}
