/** Options of a read. Sizes in bytes, times in milliseconds. */
export interface GetOptions {
  signal?: AbortSignal;
  /** Refuse content larger than this (CONTENT_TOO_LARGE). Default `defaultMaxBytes`. */
  maxBytes?: number;
  /** Give up after this long (CONTENT_TIMEOUT). Default `defaultTimeoutMs`. */
  timeoutMs?: number;
}

/** Reads content by its address. What it returns always hashes to the CID: no store is believed. */
export interface ContentReader {
  /** A file's bytes (raw or UnixFS), or the exact bytes of a DAG-JSON document. */
  get(cid: string, options?: GetOptions): Promise<Uint8Array>;
  /** The bytes of one block. */
  getBlock(cid: string, options?: GetOptions): Promise<Uint8Array>;
}

/** A reader that also stores. */
export interface ContentStore extends ContentReader {
  /** Stores a file with the import profile of `fileCid` (unixfs-v1-2025) and pins it. */
  add(bytes: Uint8Array): Promise<string>;
  /** Stores one block under a codec (0x0129 for DAG-JSON documents) and pins it, unless what it is a part of will be. */
  putBlock(codec: number, bytes: Uint8Array, options?: { pin?: boolean }): Promise<string>;
  /** Keeps content that it has or can fetch, whole, and serves it. */
  pin(cid: string, options?: Pick<GetOptions, 'signal' | 'timeoutMs'>): Promise<void>;
}

export const codecs = { raw: 0x55, dagPb: 0x70, dagJson: 0x0129 } as const;

export const defaultMaxBytes = 256 * 1024 * 1024;
export const defaultTimeoutMs = 30_000;
/** Largest block that IPFS implementations exchange. */
export const maxBlockBytes = 2 * 1024 * 1024;
