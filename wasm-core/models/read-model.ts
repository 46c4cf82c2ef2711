import { readFileSync } from 'node:fs';
import { networkLayout } from '../loader/network.ts';
import { characterLayers, windows } from './characters.ts';

interface Entry {
  shape: number[];
  data_offsets: [number, number];
}

/** The committed weights as the core's flat parameters. The file is ours: strangers' files go through @covey/protocol. */
export function readCharacterModel(): Float32Array {
  const file = readFileSync(new URL('characters.safetensors', import.meta.url));
  const start = 8 + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString('utf8', 8, start)) as Record<string, Entry>;
  const { tensors, parameterCount } = networkLayout(characterLayers);
  const parameters = new Float32Array(parameterCount);
  const bytes = new Uint8Array(parameters.buffer);
  for (const { name, shape, offset } of tensors) {
    const entry = header[name];
    if (entry?.shape.join() !== shape.join()) throw new Error(`characters.safetensors: no ${name} [${shape.join()}]`);
    bytes.set(file.subarray(start + entry.data_offsets[0], start + entry.data_offsets[1]), offset * 4);
  }
  return parameters;
}

/** 64 windows of text that the model has never seen. */
export function readHeldOut(): Uint8Array {
  return windows(readFileSync(new URL('held-out.txt', import.meta.url)));
}
