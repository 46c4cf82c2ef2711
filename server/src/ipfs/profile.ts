import type { CoveyError } from '@covey/errors';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import type { ImporterOptions } from 'ipfs-unixfs-importer';
import { serverError } from '../errors.ts';

/** Options of /api/v0/add that shape the DAG. Undefined means: as the profile unixfs-v1-2025 says. */
export interface AddOptions {
  cidVersion: 0 | 1;
  rawLeaves: boolean;
  chunkBytes: number | undefined;
  maxLinks: number | undefined;
  wrapWithDirectory: boolean;
  onlyHash: boolean;
  pin: boolean;
  pinName: string;
}

/** Layout unless options say otherwise: the profile unixfs-v1-2025 (IPIP-499), named in full as defaults drift. */
export const PROFILE = { name: 'unixfs-v1-2025', chunkBytes: 1024 * 1024, maxLinks: 1024 } as const;

/** Smaller blocks cost many times the memory and the disk of what they hold. */
const MIN_CHUNK_BYTES = 1024;

export function importerOptions(options: AddOptions): ImporterOptions {
  return {
    profile: PROFILE.name,
    cidVersion: options.cidVersion,
    rawLeaves: options.rawLeaves,
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: options.wrapWithDirectory,
    chunker: fixedSize({ chunkSize: options.chunkBytes ?? PROFILE.chunkBytes }),
    layout: balanced({ maxChildrenPerNode: options.maxLinks ?? PROFILE.maxLinks }),
    // Parts of a multipart body come one after the other: waiting for a later one would wait for ever.
    fileImportConcurrency: 1,
  };
}

export type QueryValues = Record<string, string | string[] | undefined>;

export function queryText(query: QueryValues, name: string): string | undefined {
  const value = query[name];
  return Array.isArray(value) ? value.at(-1) : value;
}

export function queryFlag(query: QueryValues, name: string, fallback: boolean): boolean {
  const value = queryText(query, name);
  if (value === undefined) return fallback;
  if (['true', '1', ''].includes(value)) return true;
  if (['false', '0'].includes(value)) return false;
  throw serverError('SERVER_INVALID_ARGUMENT', `option ${name} is not a boolean`, {
    expected: 'true or false',
    got: value,
  });
}

export function parseAddOptions(query: QueryValues): AddOptions {
  const version = queryText(query, 'cid-version') ?? '1';
  if (version !== '0' && version !== '1') throw unsupported('cid-version', '0 or 1', version);
  const hash = queryText(query, 'hash') ?? 'sha2-256';
  if (hash !== 'sha2-256') throw unsupported('hash', 'sha2-256', hash);
  for (const name of ['trickle', 'nocopy', 'inline']) {
    if (queryFlag(query, name, false)) throw unsupported(name, 'false', 'true');
  }
  const links = queryText(query, 'max-file-links');
  return {
    cidVersion: version === '0' ? 0 : 1,
    rawLeaves: queryFlag(query, 'raw-leaves', version === '1'),
    chunkBytes: parseChunker(queryText(query, 'chunker')),
    maxLinks: links === undefined ? undefined : boundedInteger('max-file-links', links, 2, 8192),
    wrapWithDirectory: queryFlag(query, 'wrap-with-directory', false),
    onlyHash: queryFlag(query, 'only-hash', false),
    pin: queryFlag(query, 'pin', true),
    pinName: queryText(query, 'pin-name') ?? '',
  };
}

function parseChunker(text: string | undefined): number | undefined {
  if (text === undefined || text === 'default') return undefined;
  const match = /^size-(\d+)$/.exec(text);
  if (match?.[1] === undefined) throw unsupported('chunker', 'size-<bytes>', text);
  return boundedInteger('chunker', match[1], MIN_CHUNK_BYTES, 1024 * 1024);
}

function boundedInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw serverError('SERVER_INVALID_ARGUMENT', `option ${name} is out of range`, {
      expected: `an integer from ${min} to ${max}`,
      got: text,
    });
  }
  return value;
}

function unsupported(name: string, expected: string, got: string): CoveyError {
  return serverError('IPFS_UNSUPPORTED', `option ${name} has a value that this node does not offer`, {
    expected,
    got,
  });
}
