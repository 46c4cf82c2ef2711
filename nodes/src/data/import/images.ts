import { MAX_SHARD_BYTES, type Classes, type Dataset, type DescribedImage } from '@covey/protocol';
import { integerType, valueTypes } from '@covey/wasm-core';
import { nodeError } from '../../errors.ts';
import { requireName } from './column-fit.ts';
import { decodeJpeg, isJpeg } from './jpeg.ts';
import { badImage, resized, type Pixels } from './pixels.ts';
import { decodePng, isPng } from './png.ts';

/** A file of a folder whose own folders are classes. */
export interface ImageFile {
  /** With slashes, from the folder: `cats/0001.png`. */
  path: string;
  bytes: () => Uint8Array | Promise<Uint8Array>;
}

export interface ImageOptions {
  width: number;
  height: number;
  channels: 1 | 3;
}

export async function decodeImage(bytes: Uint8Array, name: string): Promise<Pixels> {
  if (isPng(bytes)) return decodePng(bytes, name);
  if (isJpeg(bytes)) return decodeJpeg(bytes, name);
  throw badImage(name, 'is neither PNG nor JPEG', {
    expected: 'one of them, whatever the file is called',
    got: `bytes ${Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`,
  });
}

/** Images as samples, in the order of their paths; the first folder of each path is its class. */
export async function importImages(
  files: readonly ImageFile[],
  options: ImageOptions,
  like?: DescribedImage,
  onProgress?: (files: number) => void,
): Promise<{ data: Dataset; description: DescribedImage }> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const labels = sorted.map(({ path }) => classOf(path));
  // Numbers by the folders that are there would be other classes wherever one is missing.
  if (like && !like.output.names)
    throw badImage('The description', 'does not name the classes', {
      expected: 'the name of the folder of each class',
    });
  const names = like?.output.names ?? [...new Set(labels)];
  for (const name of names) requireName('of classes', name, 'class');
  if (names.length < 2)
    throw badImage('The folder', 'has fewer than two classes', {
      expected: 'a folder of images for each class',
      got: names.join(', '),
    });
  const description = like ?? described(options, names, sorted.length);
  const { width, height, channels } = description;
  const features = width * height * channels;
  if (sorted.length * features > MAX_SHARD_BYTES)
    throw nodeError('DATA_TOO_LARGE', 'The images are too many or too large.', {
      expected: `at most ${MAX_SHARD_BYTES} bytes`,
      got: `${sorted.length} of ${features}`,
    });
  const inputs = new Uint8Array(sorted.length * features);
  const numbers = new valueTypes[integerType(names.length)].Array(sorted.length) as Classes;
  for (const [i, { path, bytes }] of sorted.entries()) {
    numbers[i] = labelOf(names, labels[i]!, path);
    inputs.set(resized(await decodeImage(await bytes(), path), description), i * features);
    onProgress?.(i + 1);
  }
  return { data: { inputs, features, labels: numbers }, description };
}

function described({ width, height, channels }: ImageOptions, names: string[], samples: number): DescribedImage {
  const output = { type: 'class', count: names.length, names } as const;
  return { schema: 'covey.data/1', kind: 'image', width, height, channels, output, source: { samples } };
}

function classOf(path: string): string {
  const slash = path.indexOf('/');
  if (slash > 0) return path.slice(0, slash);
  throw badImage(path, 'stands in no folder', { expected: 'a folder of images for each class' });
}

function labelOf(names: readonly string[], name: string, path: string): number {
  const label = names.indexOf(name);
  if (label !== -1) return label;
  throw badImage(path, 'is of a class that the description does not know', {
    expected: names.slice(0, 12).join(', '),
    got: name,
  });
}
