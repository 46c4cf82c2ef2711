import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readForeignSafetensors, type ForeignTensor } from '@covey/protocol';
import { nodeError } from '../errors.ts';

export const configFile = 'config.json';
/** One file, or numbered parts with an index, which is not needed: names of tensors are in each. */
const modelFiles = /^model(-\d+-of-\d+)?\.safetensors$/;
/** What Node reads into one buffer, with room: larger parts come in more files. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

export interface HuggingFaceFolder {
  /** What config.json says; nothing of it is checked yet. */
  config: unknown;
  tensors: ReadonlyMap<string, ForeignTensor>;
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
  const tensors = new Map<string, ForeignTensor>();
  for (const [i, file] of files.entries()) {
    onProgress(i, files.length);
    const bytes = await readFile(join(folder, file)).catch((cause: unknown) => {
      throw unreadable(join(folder, file), 'a file of less than 2 GiB', cause);
    });
    for (const [name, tensor] of readForeignSafetensors(bytes, { maxBytes: MAX_FILE_BYTES })) tensors.set(name, tensor);
  }
  onProgress(files.length, files.length);
  return { config, tensors };
}

async function readConfig(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, 'the config.json of a model', cause);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw unreadable(path, 'JSON', cause);
  }
}

function unreadable(path: string, expected: string, cause: unknown) {
  return nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected, cause });
}
