import type { CoveyError } from '@covey/errors';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';
import { clientError } from '../errors.ts';
import { codecs } from './content-store.ts';

export interface UnixfsLimits {
  maxBytes: number;
  /** Parses and judges a link; throws for addresses that are not read here. */
  link: (cid: CID) => CID;
}

/** Levels of a DAG: with 1024 links a node, four hold a terabyte. */
const maxDepth = 16;

/**
 * Reads a file out of its UnixFS DAG (https://specs.ipfs.tech/unixfs/), one block after the other from left to right.
 * Strict: every node must hold exactly the bytes that it and its parent declare, so what a file is does not depend on
 * how lenient a reader is, and the declared size bounds the work. The size that the root declares is the file's: above
 * the limit it is too large, whatever its leaves hold.
 */
export async function readUnixfsFile(
  root: CID,
  block: (cid: CID) => Promise<Uint8Array>,
  { maxBytes, link }: UnixfsLimits,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  let offset = 0;
  let blocksLeft = 0;

  await walk(root, undefined, 0);
  return bytes ?? new Uint8Array();

  async function walk(cid: CID, declared: bigint | undefined, depth: number): Promise<void> {
    if (depth > maxDepth) throw malformed(root, `more than ${maxDepth} levels`);
    if (declared !== undefined && blocksLeft-- <= 0) throw malformed(root, 'more blocks than so few bytes need');
    const content = await block(cid);
    if (cid.code === codecs.raw) return append(content, declared);
    if (cid.code !== codecs.dagPb) throw malformed(root, `a link of the codec 0x${cid.code.toString(16)}`);

    const node = decode(root, content);
    const size = node.file.fileSize();
    if (declared === undefined) {
      if (size > BigInt(maxBytes)) throw tooLarge(root, maxBytes, `${size} bytes`);
      bytes = new Uint8Array(Number(size));
      // Empty leaves cost nothing to declare: bound the blocks too, not only the bytes (1 KiB is a small leaf). By what the
      // file says of itself, not by the caller's limit: whether it is a file must be the same for everybody.
      blocksLeft = Math.ceil(bytes.byteLength / 1024) + 1024;
    } else if (size !== declared) {
      throw malformed(root, `a node of ${size} bytes where its parent declares ${declared}`);
    }
    const { blockSizes, data } = node.file;
    if (blockSizes.length !== node.links.length) {
      throw malformed(root, `${node.links.length} links and ${blockSizes.length} sizes`);
    }
    if (data) append(data, BigInt(data.byteLength));
    for (const [i, child] of node.links.entries()) await walk(toLink(child), blockSizes[i], depth + 1);
  }

  function append(content: Uint8Array, declared: bigint | undefined): void {
    bytes ??= new Uint8Array(content.byteLength);
    if (declared !== undefined && BigInt(content.byteLength) !== declared) {
      throw malformed(root, `a leaf of ${content.byteLength} bytes where its parent declares ${declared}`);
    }
    // Holds by the checks above; a mistake there must not write past the end.
    if (offset + content.byteLength > bytes.byteLength) throw malformed(root, 'more bytes than declared');
    bytes.set(content, offset);
    offset += content.byteLength;
  }

  function toLink(cid: CID): CID {
    try {
      return link(cid);
    } catch (cause) {
      throw malformed(root, `a link to ${cid}`, cause);
    }
  }
}

function decode(root: CID, content: Uint8Array): { file: UnixFS; links: CID[] } {
  let file: UnixFS;
  let links: CID[];
  try {
    const node = dagPb.decode(content);
    if (!node.Data) throw new Error('a node without data');
    file = UnixFS.unmarshal(node.Data);
    links = node.Links.map(({ Hash }) => Hash);
  } catch (cause) {
    throw malformed(root, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (file.type !== 'file' && file.type !== 'raw') {
    throw clientError('CONTENT_NOT_A_FILE', `${root} is not a file.`, { expected: 'file', got: file.type });
  }
  return { file, links };
}

function malformed(root: CID, got: string, cause?: unknown): CoveyError {
  return clientError('CONTENT_NOT_A_FILE', `${root} is not a well-formed UnixFS file.`, { got, cause });
}

export function tooLarge(cid: CID, limit: number, got: string): CoveyError {
  return clientError('CONTENT_TOO_LARGE', `${cid} is larger than allowed.`, {
    expected: `at most ${limit} bytes`,
    got,
  });
}
