import type { SerialisedError } from '@covey/errors';
import { z } from 'zod';

/** An EIP-55 checksummed address. */
export const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]);
/** An address as people paste it, in any case. */
export const anyAddress = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
/** Bytes of any length as hex. */
export const hex = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]*$/)]);
/** 32 bytes as lower-case hex. */
export const bytes32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]);
/** An unsigned integer as a decimal string: amounts in wei, ratios scaled by 1e18, losses, weights, identifiers of uint256. */
export const decimal = z.string().regex(/^(0|[1-9][0-9]*)$/);
/** A CIDv1 in base32. */
export const cid = z.string().min(8).max(128);
/** Unix time in seconds. */
export const seconds = z.number().int().nonnegative();
/** Zero-based position, block number or count. */
export const index = z.number().int().nonnegative();

/** The event that a value comes from. */
export const sourceSchema = z.object({ blockNumber: index, transactionHash: bytes32, logIndex: index });
export type Source = z.output<typeof sourceSchema>;

/** Stake at one moment: wei, and commission scaled by 1e18. */
export const stakeSchema = z.object({ own: decimal, delegated: decimal, commission: decimal });
export type Stake = z.output<typeof stakeSchema>;

/** `nextCursor` goes into `cursor` of the next request; null at the end. `total` counts all matches. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: index });
}
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}

export const pageQuerySchema = z.object({
  limit: z.coerce.number<number>().int().min(1).max(100).default(25),
  cursor: z.string().max(200).optional(),
});
export type PageQuery = z.output<typeof pageQuerySchema>;

/** Of the text that a list is searched for. */
export const maxSearchLength = 100;

/** What a document behind a CID is read as. */
export const documentKinds = ['task', 'result', 'metadata', 'sealed', 'card', 'offer'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** What a document behind a CID turned out to be: `pending` is still being fetched, `unavailable` was not found so far. */
export const documentStatuses = ['pending', 'ok', 'unavailable', 'invalid'] as const;
export const documentStatusSchema = z.enum(documentStatuses);
export const documentErrorSchema = z.object({ code: z.string(), message: z.string() });

/** A document on IPFS with its parsed value, or why there is none. */
export function documentOf<T extends z.ZodType>(value: T) {
  return z.object({
    cid,
    status: documentStatusSchema,
    value: value.nullable(),
    error: documentErrorSchema.nullable(),
  });
}
export type DocumentStatus = z.output<typeof documentStatusSchema>;
export type DocumentError = z.output<typeof documentErrorSchema>;

/** Body of every error answer under /api/v1: the coded error of all packages (`SerialisedError` of `@covey/errors`). */
export const errorSchema = z.object({
  error: z.object({
    /** Stable; docs/reference/errors.md lists them all. */
    code: z.string(),
    message: z.string(),
    expected: z.string().optional(),
    got: z.string().optional(),
    /** What to do. */
    hint: z.string(),
    /** Whether the same request may succeed later. */
    retryable: z.boolean(),
    /** Where the code is explained, from the root of the repository. */
    docs: z.string(),
    /** The custom error with which a contract refused. */
    contractError: z.string().optional(),
  }) satisfies z.ZodType<SerialisedError>,
});
export type ErrorBody = z.output<typeof errorSchema>;
