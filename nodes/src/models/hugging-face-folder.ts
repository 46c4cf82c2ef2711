import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readForeignSafetensors, type ForeignTensor, type SentenceFiles } from '@covey/protocol';
import { networkLimits } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';

export const configFile = 'config.json';
/** One file, or numbered parts with an index, which is not needed: names of tensors are in each. */
const modelFiles = /^model(-\d+-of-\d+)?\.safetensors$/;
/** What Node reads into one buffer, with room: larger parts come in more files. */
const MAX_FILE_BYTES = 2 ** 31 - 1;
/** Of all parts, in memory at once: twice what a network of the core has in f64, the widest floats that are read. */
const MAX_BYTES = 2 * 8 * networkLimits.parameters;
/** Far more than any model says of itself. */
const MAX_CONFIG_BYTES = 2 ** 20;

export interface HuggingFaceFolder {
  /** What config.json says; nothing of it is checked yet. */
  config: unknown;
  tensors: ReadonlyMap<string, ForeignTensor>;
  /** How sentence-transformers pools, where it wrote the folder. */
  sentence: SentenceFiles | undefined;
  /** Tokens of a text that it takes, where it says so. */
  length: number | undefined;
}

/** Reads the folder of a model as `save_pretrained` writes it. */
export async function readHuggingFaceFolder(
  folder: string,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<HuggingFaceFolder> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw unreadable(folder, 'a folder', cause);
  });
  const files = names.filter((name) => modelFiles.test(name)).sort();
  if (files.length === 0) {
    const written = names.find((name) => /\.(bin|pth?|gguf)$/.test(name));
    throw nodeError('CONFIG_INVALID', `${folder} holds no model.`, {
      expected: 'model.safetensors, or its numbered parts',
      got: written ?? 'none',
      hint: 'In Python: model.save_pretrained(folder, safe_serialization=True).',
    });
  }
  const config = await readConfig(join(folder, configFile));
  await requireSizes(files.map((file) => join(folder, file)));
  const tensors = new Map<string, ForeignTensor>();
  for (const [i, file] of files.entries()) {
    onProgress(i, files.length);
    const bytes = await readRegular(join(folder, file), MAX_FILE_BYTES, 'a file of less than 2 GiB');
    for (const [name, tensor] of readForeignSafetensors(bytes, { maxBytes: MAX_FILE_BYTES })) {
      if (tensors.has(name))
        throw nodeError('CONFIG_INVALID', `${folder} holds the tensor ${name} twice.`, {
          expected: 'parts of one model',
        });
      tensors.set(name, tensor);
    }
  }
  onProgress(files.length, files.length);
  return { config, tensors, ...(await readSentence(folder, names)) };
}

async function readSentence(folder: string, names: readonly string[]) {
  if (!names.includes('modules.json')) return { sentence: undefined, length: undefined };
  const modules = await readConfig(join(folder, 'modules.json'));
  const pooling = await readConfig(join(folder, '1_Pooling', configFile));
  const own = 'sentence_bert_config.json';
  const settings = names.includes(own) ? await readConfig(join(folder, own)) : undefined;
  const length = (settings as { max_seq_length?: unknown } | null | undefined)?.max_seq_length;
  const isSize = typeof length === 'number' && Number.isSafeInteger(length) && length > 0;
  return { sentence: { modules, pooling }, length: isSize ? length : undefined };
}

/** Parts are held together: what is too much for memory, whatever a disk says it is, is not begun. */
async function requireSizes(paths: readonly string[]): Promise<void> {
  let total = 0;
  for (const path of paths) total += await sizeOf(path);
  if (total > MAX_BYTES)
    throw nodeError('CONFIG_INVALID', 'The files are larger than any model that the core computes.', {
      expected: `at most ${MAX_BYTES} bytes`,
      got: `${total} bytes`,
    });
}

/** Folders come from strangers: a pipe or a device in the place of a file would be read for ever. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, 'a file', cause);
  });
  if (found.isFile()) return found.size;
  throw unreadable(path, 'a regular file', undefined);
}

async function readRegular(path: string, most: number, expected: string): Promise<Uint8Array> {
  const size = await sizeOf(path);
  if (size > most) throw unreadable(path, expected, undefined);
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, expected, cause);
  });
  try {
    // As many bytes as there were: a file that grows under way is cut, and then is none.
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const { bytesRead } = await file.read(bytes, at, Math.min(size - at, 2 ** 28), at);
      if (bytesRead === 0) throw unreadable(path, `a file of ${size} bytes to its end`, undefined);
      at += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function readConfig(path: string): Promise<unknown> {
  const text = new TextDecoder().decode(
    await readRegular(path, MAX_CONFIG_BYTES, 'the JSON of a model, of a mebibyte at most'),
  );
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unreadable(path, 'JSON', cause);
  }
}

function unreadable(path: string, expected: string, cause: unknown) {
  return nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected, cause });
}
