import type { CID } from 'multiformats/cid';
import type { ContentReader } from './content-store.ts';

/** One place that may have the content. */
export interface FileSource {
  /** What people call it: its address. */
  name: string;
  reader: ContentReader;
}

/** Where a file's bytes go, in whatever order they come. */
export interface FileTarget {
  /** Once, before all else: how many bytes there will be. */
  open(size: number): Promise<void>;
  /** What an earlier attempt left there, if anything; it is hashed before it is believed. */
  read(offset: number, length: number): Promise<Uint8Array | null>;
  write(offset: number, bytes: Uint8Array): Promise<void>;
}

export type FetchEvent =
  /** Bytes that are there, of which so many were there before. */
  | { type: 'progress'; done: number; kept: number; size: number }
  /** A source did not give a block; the others are asked. */
  | { type: 'source-failed'; source: string; cid: string; error: unknown }
  /** A source that only fails, or lies, is asked no more for a while, or at all. */
  | { type: 'source-rests'; source: string; ms: number | null };

export interface FetchFileParameters {
  /** At least one. */
  sources: readonly FileSource[];
  cid: string;
  target: FileTarget;
  maxBytes: number;
  signal?: AbortSignal;
  onEvent?: (event: FetchEvent) => void;
  /** How often each source is asked for a block. */
  attempts?: number;
  /** How long a block may take. */
  blockTimeoutMs?: number;
  /** How long a source rests that fails time and again: this, then twice as long, up to a minute. */
  restMs?: number;
}

/** A raw block that is wanted. */
export interface Wanted {
  cid: CID;
  offset: number;
  length: number;
  /** By source: how often it was asked. */
  asked: Map<Source, number>;
  /** Who is asked at this moment. */
  asking: Set<Source>;
  since: number;
  failure: unknown;
  /** Ends the other requests for it once one is answered. */
  got: AbortController;
}

/** A source, and how it has done so far. */
export interface Source extends FileSource {
  /** In a row. */
  failures: number;
  rests: number;
  lies: number;
  restUntil: number;
  gone: boolean;
}
