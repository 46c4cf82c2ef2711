import { badArray } from './elements.ts';
import { nodeError } from '../../errors.ts';

/** What DecompressionStream of Node and browsers reads. */
export type Compression = 'gzip' | 'deflate' | 'deflate-raw';

export const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** Decompresses, and gives up as soon as there is more than `maxBytes`: no small file fills a memory. */
export async function inflate(
  name: string,
  bytes: Uint8Array,
  how: Compression,
  maxBytes: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream(how));
    for await (const piece of stream) {
      length += piece.length;
      if (length > maxBytes) break;
      pieces.push(piece);
    }
  } catch (cause) {
    throw badArray(`${name} cannot be decompressed.`, {
      expected: `whole data in ${how}`,
      hint: 'Download or write it again.',
      cause,
    });
  }
  if (length > maxBytes)
    throw nodeError('DATA_TOO_LARGE', `${name} is too large decompressed.`, { expected: `at most ${maxBytes} bytes` });
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
