import {
  MAX_DATA_BYTES,
  MAX_SHARD_BYTES,
  decodeDataDescription,
  decodeDataset,
  encodeDataDescription,
  encodeDataset,
  isProtocolError,
  type DataDescription,
  type Dataset,
} from '@covey/protocol';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeError } from '../errors.ts';

/** Bytes of a file of the caller; DATA_NOT_FOUND where it cannot be read, DATA_TOO_LARGE above `maxBytes`. */
export async function readData(path: string, maxBytes = MAX_SHARD_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size <= maxBytes) return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${path}.`, { cause });
  }
  throw nodeError('DATA_TOO_LARGE', `${path} is too large.`, { expected: `at most ${maxBytes / 2 ** 20} MiB` });
}

/** A dataset as `covey data import` writes it. */
export async function readDataset(path: string): Promise<Dataset> {
  const bytes = await readData(path);
  try {
    return decodeDataset(bytes, { maxBytes: MAX_SHARD_BYTES });
  } catch (cause) {
    if (!isProtocolError(cause)) throw cause;
    throw nodeError('CONFIG_INVALID', `${path} is not a dataset file.`, {
      ...(cause.expected !== undefined && { expected: cause.expected }),
      got: cause.got ?? cause.shortMessage,
      hint: 'Make one with `covey data import`.',
      cause,
    });
  }
}

/** Written as it is hashed and told; the folder is made. */
export async function writeDataset(path: string, data: Dataset): Promise<{ bytes: number; sha256: string }> {
  const bytes = encodeDataset(data);
  await writeData(path, bytes);
  return { bytes: bytes.length, sha256: `0x${createHash('sha256').update(bytes).digest('hex')}` };
}

export async function writeData(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    // Hidden samples decide a task, and own ones are nobody else's.
    await writeFile(path, bytes, { mode: 0o600 });
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot write ${path}.`, { expected: 'a file that can be written', cause });
  }
}

/** Of all datasets of a folder that have none of their own. */
export const FOLDER_DESCRIPTION = 'data.json';

/** Where the description of a dataset stands: beside it, under its name. */
export const describedBeside = (path: string) => path.replace(/(\.safetensors)?$/, '.json');

/** The description of a dataset: beside it, else of its whole folder (`data split` writes one for all); undefined without one. */
export async function descriptionOf(path: string): Promise<{ file: string; description: DataDescription } | undefined> {
  const file = [describedBeside(path), join(dirname(path), FOLDER_DESCRIPTION)].find(
    (one) => one !== path && existsSync(one),
  );
  return file === undefined ? undefined : { file, description: await readDescription(file) };
}

export async function readDescription(path: string): Promise<DataDescription> {
  const bytes = await readData(path, MAX_DATA_BYTES);
  try {
    return decodeDataDescription(bytes);
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `${path} is not a data description.`, {
      expected: 'what `covey data import` writes beside a dataset (schema covey.data/1), unchanged',
      cause,
    });
  }
}

export async function writeDescription(path: string, description: DataDescription): Promise<void> {
  await writeData(path, encodeDataDescription(description));
}
