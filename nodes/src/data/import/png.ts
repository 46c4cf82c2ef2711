import { isNodeError } from '../../errors.ts';
import { inflate } from './inflate.ts';
import { badImage, requirePixels, type Pixels } from './pixels.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
export const isPng = (bytes: Uint8Array) => SIGNATURE.every((byte, i) => bytes[i] === byte);

/** Values of a pixel by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Adam7: first column and row of each pass, and its steps. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

interface Header {
  width: number;
  height: number;
  depth: number;
  colour: number;
  interlaced: boolean;
}

interface Chunks extends Header {
  data: Uint8Array[];
  palette?: Uint8Array;
  transparent?: Uint8Array;
}

/**
 * Decodes PNG (W3C, third edition): every colour type, depth and Adam7. Of 16 bits the upper 8 count; gamma and colour profiles
 * are not applied.
 */
export async function decodePng(bytes: Uint8Array, name: string): Promise<Pixels> {
  const chunks = readChunks(bytes, name);
  const { width, height, depth, colour, interlaced } = chunks;
  const bits = channelsOf[colour]! * depth;
  const parts = (interlaced ? passes : ([[0, 0, 1, 1]] as const))
    .map(([left, top, right, down]) => ({
      left,
      top,
      right,
      down,
      columns: Math.ceil((width - left) / right),
      rows: Math.ceil((height - top) / down),
    }))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const size = parts.reduce((sum, { columns, rows }) => sum + rows * (1 + Math.ceil((columns * bits) / 8)), 0);
  const raw = await unpacked(chunks.data, name, size);
  const rgba = new Uint8Array(width * height * 4);
  let at = 0;
  for (const { left, top, right, down, columns, rows } of parts) {
    const stride = Math.ceil((columns * bits) / 8);
    let above: Uint8Array = new Uint8Array(stride);
    for (let row = 0; row < rows; row++) {
      const line = raw.subarray(at + 1, at + 1 + stride);
      unfilter(raw[at]!, line, above, Math.max(1, bits >> 3), name);
      for (let column = 0; column < columns; column++)
        writePixel(chunks, line, column, rgba, 4 * ((top + row * down) * width + left + column * right), name);
      above = line;
      at += 1 + stride;
    }
  }
  return { width, height, rgba };
}

function readChunks(bytes: Uint8Array, name: string): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let chunks: Chunks | undefined;
  let at = SIGNATURE.length;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (body.length !== length || at + 12 + length > bytes.length) break;
    at += 12 + length;
    if (type === 'IHDR') chunks = { ...readHeader(body, name), data: [] };
    if (!chunks) throw badImage(name, 'is a PNG that does not begin with its header', { got: JSON.stringify(type) });
    if (type === 'PLTE') chunks.palette = body;
    else if (type === 'tRNS') chunks.transparent = body;
    else if (type === 'IDAT') chunks.data.push(body);
    else if (type === 'IEND') return chunks;
  }
  throw badImage(name, 'is a PNG that is cut', { expected: 'an end (IEND)', hint: 'Copy or download it again.' });
}

function readHeader(body: Uint8Array, name: string): Header {
  if (body.length !== 13)
    throw badImage(name, 'is a PNG with another header', { expected: '13 bytes', got: `${body.length}` });
  const view = new DataView(body.buffer, body.byteOffset, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  requirePixels(name, width, height);
  const [depth, colour, compression, filter, interlace] = body.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (!depthsOf[colour]?.includes(depth) || compression !== 0 || filter !== 0 || interlace > 1)
    throw badImage(name, 'is a PNG of no known kind', {
      got: `colour type ${colour}, ${depth} bits, ${compression}, ${filter}, ${interlace}`,
    });
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

async function unpacked(data: Uint8Array[], name: string, size: number): Promise<Uint8Array> {
  const packed = new Uint8Array(data.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of data) {
    packed.set(part, at);
    at += part.length;
  }
  const raw = await inflate(name, packed, 'deflate', size).catch((cause: unknown) => {
    if (!isNodeError(cause)) throw cause;
    throw badImage(name, 'has pixels that cannot be decompressed', { expected: `${size} bytes of them`, cause });
  });
  if (raw.length !== size)
    throw badImage(name, 'has too few pixels', { expected: `${size} bytes`, got: `${raw.length}` });
  return raw;
}

/** Undoes the filter of a line in place; `step` is the distance of a value to the one of the pixel before. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number, name: string): void {
  if (filter > 4) throw badImage(name, 'has a line with an unknown filter', { expected: '0 to 4', got: `${filter}` });
  for (let i = 0; i < line.length; i++) {
    const left = i < step ? 0 : line[i - step]!;
    const up = above[i]!;
    if (filter === 1) line[i]! += left;
    else if (filter === 2) line[i]! += up;
    else if (filter === 3) line[i]! += (left + up) >> 1;
    else if (filter === 4) line[i]! += paeth(left, up, i < step ? 0 : above[i - step]!);
  }
}

function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function writePixel(
  chunks: Chunks,
  line: Uint8Array,
  column: number,
  rgba: Uint8Array,
  to: number,
  name: string,
): void {
  const { depth, colour, palette, transparent } = chunks;
  const channels = channelsOf[colour]!;
  const value = (channel: number) => sampleAt(line, depth, column * channels + channel);
  /** To 8 bits: small ones fill the range, of 16 the upper ones count. */
  const eight = (channel: number) =>
    depth === 16 ? value(channel) >> 8 : Math.floor((value(channel) * 255) / (2 ** depth - 1));
  if (colour === 3) {
    const entry = value(0);
    if (!palette || 3 * entry + 3 > palette.length)
      throw badImage(name, 'has a pixel of no colour in its palette', {
        expected: `below ${(palette?.length ?? 0) / 3}`,
        got: `${entry}`,
      });
    rgba.set(palette.subarray(3 * entry, 3 * entry + 3), to);
    rgba[to + 3] = transparent?.[entry] ?? 255;
    return;
  }
  const isGrey = colour === 0 || colour === 4;
  for (let channel = 0; channel < 3; channel++) rgba[to + channel] = eight(isGrey ? 0 : channel);
  rgba[to + 3] = colour >= 4 ? eight(channels - 1) : isKeyed(transparent, channels, value) ? 0 : 255;
}

function sampleAt(line: Uint8Array, depth: number, index: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return (line[2 * index]! << 8) | line[2 * index + 1]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Whether it is the one colour that is transparent. */
function isKeyed(transparent: Uint8Array | undefined, channels: number, value: (channel: number) => number): boolean {
  if (transparent?.length !== 2 * channels) return false;
  for (let channel = 0; channel < channels; channel++) {
    if (((transparent[2 * channel]! << 8) | transparent[2 * channel + 1]!) !== value(channel)) return false;
  }
  return true;
}
