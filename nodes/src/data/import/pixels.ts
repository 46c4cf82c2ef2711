import { nodeError } from '../../errors.ts';

/** An image as it was decoded: rows from the top, red, green, blue, alpha of 8 bits. */
export interface Pixels {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/** More are no picture that anyone trains on: 128 MiB decoded. */
const MAX_PIXELS = 2 ** 25;

export function requirePixels(name: string, width: number, height: number): void {
  if (width >= 1 && height >= 1 && width * height <= MAX_PIXELS) return;
  throw badImage(name, 'has no size that can be read', {
    expected: `1 to ${MAX_PIXELS} pixels`,
    got: `${width} × ${height}`,
  });
}

export function badImage(
  name: string,
  what: string,
  details: { expected?: string; got?: string; hint?: string; cause?: unknown } = {},
) {
  return nodeError('DATA_BAD_IMAGE', `${name} ${what}.`, details);
}

/**
 * The image as a sample: blended over white where it is transparent, grey as (299 R + 587 G + 114 B + 500) / 1000 rounded down,
 * then stretched to the size by the mean of the area that each pixel covers, rounded half up. Integers alone, so that every
 * engine makes the same bytes. Channels first, rows from the top.
 */
export function resized(image: Pixels, size: { width: number; height: number; channels: 1 | 3 }): Uint8Array {
  const { width, height, channels } = size;
  const planes = planesOf(image, channels);
  const sample = new Uint8Array(channels * height * width);
  const columns = coverage(image.width, width);
  const rows = coverage(image.height, height);
  const area = image.width * image.height;
  planes.forEach((plane, channel) => {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (const [row, tall] of rows[y]!) {
          let across = 0;
          for (const [column, wide] of columns[x]!) across += plane[row * image.width + column]! * wide;
          sum += across * tall;
        }
        // At most 255 · 2^25 · 4096, exact in doubles.
        sample[(channel * height + y) * width + x] = Math.floor((2 * sum + area) / (2 * area));
      }
    }
  });
  return sample;
}

/** Which pixels of a line of `from` each pixel of a line of `to` covers, and how much, in 1/to of a pixel. */
function coverage(from: number, to: number): [at: number, part: number][][] {
  return Array.from({ length: to }, (_, place) => {
    const [start, end] = [place * from, (place + 1) * from];
    const covered: [number, number][] = [];
    for (let at = Math.floor(start / to); at * to < end; at++)
      covered.push([at, Math.min(end, (at + 1) * to) - Math.max(start, at * to)]);
    return covered;
  });
}

function planesOf({ width, height, rgba }: Pixels, channels: 1 | 3): Uint8Array[] {
  const count = width * height;
  const planes = Array.from({ length: channels }, () => new Uint8Array(count));
  for (let i = 0; i < count; i++) {
    const alpha = rgba[4 * i + 3]!;
    const over = (channel: number) => Math.floor((rgba[4 * i + channel]! * alpha + 255 * (255 - alpha) + 127) / 255);
    const [red, green, blue] = [over(0), over(1), over(2)];
    if (channels === 1) planes[0]![i] = Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
    else [red, green, blue].forEach((value, channel) => (planes[channel]![i] = value));
  }
  return planes;
}
