import type { ContentReader } from './content-store.ts';
import { openUnixfsFile, requireLength } from './unixfs-file.ts';
import { parseCid } from './verified-reader.ts';

/** A file's bytes from its beginning to its end, one block after the other: for what is too large to hold. */
export async function* streamFile(reader: ContentReader, cid: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  const root = parseCid(cid);
  const block = (of: { toString(): string }) => reader.getBlock(of.toString());
  const { parts } = await openUnixfsFile(root, block, { maxBytes, link: (link) => parseCid(link.toString()) });
  for await (const part of parts) yield 'bytes' in part ? part.bytes : requireLength(root, part, await block(part.cid));
}
