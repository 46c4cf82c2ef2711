import { badImage, requirePixels, type Pixels } from './pixels.ts';

export const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Baseline and progressive JPEG. The decoder is loaded with the first such image; its arithmetic is integers and + − ×. */
export async function decodeJpeg(bytes: Uint8Array, name: string): Promise<Pixels> {
  requireWhole(bytes, name);
  const { decode } = await import('jpeg-js');
  let image: { width: number; height: number; data: Uint8Array };
  try {
    // In a browser there is no Buffer, which it takes unless told otherwise.
    const limits = { maxResolutionInMP: 34, maxMemoryUsageInMB: 512 };
    image = decode(bytes, { useTArray: true, formatAsRGBA: true, tolerantDecoding: false, ...limits });
  } catch (cause) {
    throw badImage(name, 'is a JPEG that cannot be decoded', {
      expected: 'baseline or progressive, of at most 34 million pixels',
      got: cause instanceof Error ? cause.message.slice(0, 120) : 'something else',
      cause,
    });
  }
  requirePixels(name, image.width, image.height);
  return { width: image.width, height: image.height, rgba: image.data };
}

/** The decoder takes the rest of a file that is cut as zeros, and what it makes of them as a picture. */
function requireWhole(bytes: Uint8Array, name: string): void {
  let hasScan = false;
  for (let at = 2; at + 1 < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === 0xda) hasScan = true;
    if (hasScan && bytes[at + 1] === 0xd9) return;
  }
  throw badImage(name, 'is a JPEG that is cut', {
    expected: 'an end behind its pixels',
    hint: 'Copy or download it again.',
  });
}
