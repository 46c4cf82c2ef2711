import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeError } from '../errors.ts';

export const adapterConfigFile = 'adapter_config.json';
export const adapterModelFile = 'adapter_model.safetensors';

/** Adapters as they lie on the disk. */
export interface AdapterFile {
  /** Of the safetensors file. */
  bytes: Uint8Array;
  /** What PEFT's `adapter_config.json` says; undefined for Covey's own file. Nothing of it is checked yet. */
  config?: unknown;
}

/** The folder that PEFT's `save_pretrained` writes, or a file of Covey's own. */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const at = await stat(path).catch((cause: unknown) => {
    throw unreadable(
      path,
      `PEFT’s folder (${adapterConfigFile}, ${adapterModelFile}), or a safetensors file of adapters`,
      cause,
    );
  });
  if (!at.isDirectory()) return { bytes: await bytesOf(path) };
  const text = Buffer.from(await bytesOf(join(path, adapterConfigFile))).toString('utf8');
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw unreadable(join(path, adapterConfigFile), 'JSON', cause);
  }
  return { bytes: await bytesOf(join(path, adapterModelFile)), config };
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const expected = 'a file of less than 2 GiB; in Python: model.save_pretrained(folder)';
  return await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, expected, cause);
  });
}

function unreadable(path: string, expected: string, cause: unknown) {
  return nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected, cause });
}
