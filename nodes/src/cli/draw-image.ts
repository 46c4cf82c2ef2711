import type { DataDescription } from '@covey/protocol';
import type { Inputs } from '@covey/wasm-core';

const shades = ' .:*#';

/** A small grey image as text, two rows of pixels a line; undefined where samples are no images that a terminal can show. */
export function drawImage(pixels: Inputs, description: DataDescription | undefined): string[] | undefined {
  const size = sizeOf(pixels, description);
  return size && Array.from({ length: Math.ceil(size.height / 2) }, (_, row) => line(pixels, size, 2 * row));
}

function sizeOf(
  pixels: Inputs,
  description: DataDescription | undefined,
): { width: number; height: number } | undefined {
  if (!(pixels instanceof Uint8Array)) return undefined;
  if (description?.kind === 'image') return fitting(description.width, description.height, description.channels);
  if (description?.kind === 'array' && description.shape.length === 2) {
    const [height, width] = description.shape as [number, number];
    return fitting(width, height, 1);
  }
  const side = Math.round(Math.sqrt(pixels.length));
  return description || side * side !== pixels.length || side < 8 ? undefined : fitting(side, side, 1);
}

const fitting = (width: number, height: number, channels: number) =>
  width <= 100 && height <= 100 && channels === 1 ? { width, height } : undefined;

function line(pixels: Inputs, { width, height }: { width: number; height: number }, row: number): string {
  return Array.from({ length: width }, (_, column) => {
    const [upper, lower] = [row, Math.min(row + 1, height - 1)].map((at) => pixels[at * width + column]!);
    return shades[Math.min(shades.length - 1, Math.floor(((upper! + lower!) / 512) * shades.length))];
  }).join('');
}
