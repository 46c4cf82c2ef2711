import { codecsConstants } from '@covey/contracts/abi/constants';
import type { cidType } from '@covey/contracts/abi/structs';
import type { CoveyError } from '@covey/errors';
import { importer } from 'ipfs-unixfs-importer';
import { fixedSize } from 'ipfs-unixfs-importer/chunker';
import { balanced } from 'ipfs-unixfs-importer/layout';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import type { AbiParameterToPrimitiveType } from 'viem';
import { protocolError } from './errors.ts';

/** Multicodec numbers of the blocks that Covey names: https://github.com/multiformats/multicodec/blob/master/table.csv */
export const codecs = {
  raw: Number(codecsConstants.CODEC_RAW),
  dagPb: Number(codecsConstants.CODEC_DAG_PB),
  dagJson: Number(codecsConstants.CODEC_DAG_JSON),
} as const;

const SHA2_256 = 0x12;

/** The same content address as on chain (`Types.sol` Cid): CIDv1 with a sha2-256 multihash. */
export type ChainCid = AbiParameterToPrimitiveType<typeof cidType>;

/** Parses a CID string in its only accepted spelling: CIDv1, sha2-256, base32, one of `allowed` codecs. */
export function parseCid(cid: string, allowed: readonly number[] = Object.values(codecs)): CID {
  let parsed: CID;
  try {
    parsed = CID.parse(cid);
  } catch (cause) {
    throw invalid(cid, 'a CIDv1 string', cause);
  }
  if (parsed.version !== 1) throw invalid(cid, 'CID version 1');
  if (parsed.multihash.code !== SHA2_256 || parsed.multihash.digest.length !== 32)
    throw invalid(cid, 'a sha2-256 multihash');
  if (!allowed.includes(parsed.code))
    throw invalid(cid, `one of the codecs ${allowed.map((c) => `0x${c.toString(16)}`).join(', ')}`);
  if (parsed.toString() !== cid) throw invalid(cid, `the base32 spelling ${parsed.toString()}`);
  return parsed;
}

function invalid(cid: string, expected: string, cause?: unknown): CoveyError {
  return protocolError('PROTOCOL_INVALID_CID', 'not a content identifier that Covey accepts', {
    expected,
    got: typeof cid === 'string' ? cid.slice(0, 120) : typeof cid,
    cause,
  });
}

export function cidToChain(cid: string): ChainCid {
  const parsed = parseCid(cid);
  return { codec: BigInt(parsed.code), digest: `0x${bytesToHex(parsed.multihash.digest)}` };
}

export function cidFromChain(cid: ChainCid): string {
  const codec = Number(cid.codec);
  if (!(Object.values(codecs) as number[]).includes(codec))
    throw invalid(`codec 0x${cid.codec.toString(16)}`, 'raw, dag-pb or dag-json');
  if (!/^0x[0-9a-fA-F]{64}$/.test(cid.digest)) throw invalid(cid.digest, '32 bytes of digest');
  return CID.createV1(codec, createDigest(SHA2_256, hexToBytes(cid.digest.slice(2)))).toString();
}

/**
 * The same of what strangers wrote: null where there is none (a digest of zeros) and for a codec that Covey does not read, so that
 * one entry of a list keeps nobody from the others.
 */
export function cidOrNull(cid: ChainCid): string | null {
  if (/^0x0*$/.test(cid.digest)) return null;
  try {
    return cidFromChain(cid);
  } catch {
    return null;
  }
}

/** CID of one block of this codec. */
export function blockCid(codec: number, bytes: Uint8Array): string {
  return CID.createV1(codec, createDigest(SHA2_256, sha256(bytes))).toString();
}

/** CID of a DAG-JSON document: one block, the exact bytes. */
export function documentCid(bytes: Uint8Array): string {
  return blockCid(codecs.dagJson, bytes);
}

/** Bytes in a leaf of a file's DAG, and links in each of its nodes (profile unixfs-v1-2025, IPIP-499). */
export const FILE_CHUNK_BYTES = 1024 * 1024;
export const FILE_LINKS_PER_NODE = 1024;

/**
 * Importer options of the one way in which Covey lays out files. Chunker and layout are given explicitly: tools'
 * defaults differ between versions, and another layout is another CID.
 */
export function fileImportOptions() {
  return {
    profile: 'unixfs-v1-2025' as const,
    cidVersion: 1 as const,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    wrapWithDirectory: false,
    fileImportConcurrency: 1,
    chunker: fixedSize({ chunkSize: FILE_CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: FILE_LINKS_PER_NODE }),
  };
}

/** CID of a file with these bytes, computed in memory; nothing is stored. */
export async function fileCid(bytes: Uint8Array): Promise<string> {
  if (bytes.length <= FILE_CHUNK_BYTES) return blockCid(codecs.raw, bytes);
  return await importFile([bytes], () => Promise.resolve());
}

/** The same of a file that comes in pieces: each of its blocks is given out, the root last. Holds a few blocks. */
export async function importFile(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  put: (cid: CID, bytes: Uint8Array) => Promise<void>,
): Promise<string> {
  const blocks = {
    async put(cid: CID, content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
      // The importer hands each block over whole.
      if (!(content instanceof Uint8Array)) throw new TypeError('a block that comes in pieces');
      await put(cid, content);
      return cid;
    },
  };
  let cid: string | undefined;
  // One block under way at a time: what waits for its turn is memory.
  const options = { ...fileImportOptions(), blockWriteConcurrency: 1 };
  for await (const entry of importer([{ content: source }], blocks, options)) cid = entry.cid.toString();
  if (cid === undefined) throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the importer returned no root for a file');
  return cid;
}
