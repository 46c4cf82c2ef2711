import type { CoveyError } from '@covey/errors';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import type { CID } from 'multiformats/cid';
import { clientError } from '../errors.ts';
import { codecs, maxBlockBytes } from './content-store.ts';

export interface UnixfsLimits {
  maxBytes: number;
  /** Parses and judges a link; throws for addresses that are not read here. */
  link: (cid: CID) => CID;
}

/** Levels of a DAG: with 1024 links a node, four hold a terabyte. */
const maxDepth = 16;

/** A stretch of a file, from left to right: its bytes, or the raw block that has them. */
export type FilePart = { offset: number; length: number } & ({ cid: CID } | { bytes: Uint8Array });

export interface UnixfsFile {
  /** Bytes of the whole, as its root declares them. */
  size: number;
  parts: AsyncGenerator<FilePart>;
}

/** Reads a file whole, one block after the other from left to right. */
export async function readUnixfsFile(
  root: CID,
  block: (cid: CID) => Promise<Uint8Array>,
  limits: UnixfsLimits,
): Promise<Uint8Array> {
  const { size, parts } = await openUnixfsFile(root, block, limits);
  const bytes = new Uint8Array(size);
  for await (const part of parts)
    bytes.set('bytes' in part ? part.bytes : requireLength(root, part, await block(part.cid)), part.offset);
  return bytes;
}

/** The bytes of a raw block, where they are as many as its parent declares. */
export function requireLength(root: CID, { length }: { length: number }, content: Uint8Array): Uint8Array {
  if (content.byteLength === length) return content;
  throw malformed(root, `a leaf of ${content.byteLength} bytes where its parent declares ${length}`);
}

/**
 * The parts of a file in its UnixFS DAG (https://specs.ipfs.tech/unixfs/); blocks of raw leaves are left to whoever wants
 * them. Strict: every node must hold exactly the bytes that it and its parent declare, so what a file is does not depend on
 * how lenient a reader is, and the declared size bounds the work. The size that the root declares is the file's: above
 * the limit it is too large, whatever its leaves hold.
 */
export async function openUnixfsFile(
  root: CID,
  block: (cid: CID) => Promise<Uint8Array>,
  { maxBytes, link }: UnixfsLimits,
): Promise<UnixfsFile> {
  const content = await block(root);
  if (root.code === codecs.raw) {
    const size = content.byteLength;
    if (size > maxBytes) throw tooLarge(root, maxBytes, `${size} bytes`);
    return { size, parts: whole({ offset: 0, length: size, bytes: content }) };
  }
  const top = decode(root, content);
  const declaredSize = top.file.fileSize();
  if (declaredSize > BigInt(maxBytes)) throw tooLarge(root, maxBytes, `${declaredSize} bytes`);
  const size = Number(declaredSize);
  // Empty leaves cost nothing to declare: bound the blocks too, not only the bytes (1 KiB is a small leaf). By what the
  // file says of itself, not by the caller's limit: whether it is a file must be the same for everybody.
  let blocksLeft = Math.ceil(size / 1024) + 1024;
  let offset = 0;
  return { size, parts: walk(top, 0) };

  async function* walk({ file, links }: Node, depth: number): AsyncGenerator<FilePart> {
    const { blockSizes, data } = file;
    if (blockSizes.length !== links.length) {
      throw malformed(root, `${links.length} links and ${blockSizes.length} sizes`);
    }
    if (data) yield take(data.byteLength, { bytes: data });
    for (const [i, child] of links.entries()) yield* follow(toLink(child), blockSizes[i]!, depth + 1);
  }

  async function* follow(cid: CID, declared: bigint, depth: number): AsyncGenerator<FilePart> {
    if (depth > maxDepth) throw malformed(root, `more than ${maxDepth} levels`);
    if (blocksLeft-- <= 0) throw malformed(root, 'more blocks than so few bytes need');
    if (cid.code === codecs.raw) {
      // What no block can hold is asked of nobody.
      if (declared > BigInt(maxBlockBytes)) throw malformed(root, `a leaf of ${declared} bytes`);
      yield take(Number(declared), { cid });
      return;
    }
    if (cid.code !== codecs.dagPb) throw malformed(root, `a link of the codec 0x${cid.code.toString(16)}`);
    const node = decode(root, await block(cid));
    const size = node.file.fileSize();
    if (size !== declared) throw malformed(root, `a node of ${size} bytes where its parent declares ${declared}`);
    yield* walk(node, depth);
  }

  function take(length: number, what: { cid: CID } | { bytes: Uint8Array }): FilePart {
    // Holds by the checks above; a mistake there must not write past the end.
    if (offset + length > size) throw malformed(root, 'more bytes than declared');
    const part = { offset, length, ...what };
    offset += length;
    return part;
  }

  function toLink(cid: CID): CID {
    try {
      return link(cid);
    } catch (cause) {
      throw malformed(root, `a link to ${cid}`, cause);
    }
  }
}

async function* whole(part: FilePart): AsyncGenerator<FilePart> {
  yield part;
}

interface Node {
  file: UnixFS;
  links: CID[];
}

function decode(root: CID, content: Uint8Array): Node {
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
