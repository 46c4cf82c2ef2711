import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adaptersToBytes,
  exportPeft,
  importHuggingFace,
  updateFromBytes,
  type Adapter,
  type ForeignTensor,
  type TaskDocument,
} from '@covey/protocol';
import { loraMatrices } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { afterAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { readAdapterFile } from '../models/peft-folder.ts';
import { finishFile } from './finish-update.ts';
import { tinyDraft } from '../testing/tiny-task.ts';

const core = await loadNodeCore();
const vectors = new URL('../../../protocol/vectors/hugging-face.json', import.meta.url);
const [, llama] = JSON.parse(readFileSync(vectors, 'utf8')) as {
  config: object;
  tensors: Record<string, { shape: number[]; data: string }>;
}[];
const tensors = Object.entries(llama!.tensors).map(([name, { shape, data }]): [string, ForeignTensor] => [
  name,
  { dtype: 'F32', shape, data: Uint8Array.from(Buffer.from(data, 'base64')) },
]);
const { architecture } = importHuggingFace(llama!.config, new Map(tensors));
const task = { ...tinyDraft(), architecture, mode: 'arena', encodings: ['f32', 'lora'] } as unknown as TaskDocument;
const { stem, place } = loraMatrices(architecture.layers).at(-1)!;
const [rows, inputs] = place.shape as [number, number];
const pair: Adapter = {
  rank: 2,
  rows,
  a: Float32Array.from({ length: 2 * inputs }, (_, i) => i / 8),
  b: Float32Array.from({ length: 2 * rows }, (_, i) => 1 - i / 4),
};
const adapters = new Map([[stem, [pair]]]);
const own = adaptersToBytes(architecture, adapters);
const folder = await mkdtemp(join(tmpdir(), 'covey-adapter-'));
const { config, model } = exportPeft(architecture, adapters);
await writeFile(join(folder, 'adapter_config.json'), config);
await writeFile(join(folder, 'adapter_model.safetensors'), model);
await writeFile(join(folder, 'own.safetensors'), own);
afterAll(() => rm(folder, { recursive: true }));

const code = (value: string): unknown => expect.objectContaining({ code: value });

describe('adapters that were made elsewhere', () => {
  it.each(['.', 'own.safetensors'])('are submitted as pairs: %s', async (path) => {
    const file = { ...(await readAdapterFile(join(folder, path))), holds: 'adapter' } as const;
    const { bytes, residual } = finishFile({ core, task, file });
    expect(residual).toBeNull();
    const read = (made: Uint8Array) =>
      updateFromBytes(core, architecture, made, { maxBytes: 1e6, encodings: ['lora'] });
    expect(read(bytes)).toEqual(read(own));
    expect(bytes.byteLength).toBeLessThan(3_000);
  });

  it('are refused where the task does not take them, or with noise or another encoding', async () => {
    const file = { ...(await readAdapterFile(folder)), holds: 'adapter' } as const;
    const { encodings: _, ...usual } = task;
    const wrong = code('CONFIG_INVALID');
    expect(() => finishFile({ core, task: usual as TaskDocument, file })).toThrowError(wrong);
    expect(() => finishFile({ core, task, file, encoding: { encoding: 'int8' } })).toThrowError(wrong);
    const privacy = { clip: 1, noise: 1, key: new Uint8Array(32) };
    expect(() => finishFile({ core, task, file, privacy })).toThrowError(wrong);
  });

  it('of another network, or no adapters at all, are refused before anything is staked', async () => {
    const file = { ...(await readAdapterFile(folder)), holds: 'adapter' } as const;
    const other = { ...task, architecture: tinyDraft().architecture } as TaskDocument;
    expect(() => finishFile({ core, task: other, file })).toThrowError(code('PROTOCOL_UNSUPPORTED_MODEL'));
    const junk = { bytes: new Uint8Array(99), holds: 'adapter' } as const;
    expect(() => finishFile({ core, task, file: junk })).toThrowError(code('PROTOCOL_NOT_SAFETENSORS'));
    await expect(readAdapterFile(join(folder, 'nowhere'))).rejects.toThrowError(code('CONFIG_INVALID'));
    await writeFile(join(folder, 'adapter_config.json'), '{');
    await expect(readAdapterFile(folder)).rejects.toThrowError(code('CONFIG_INVALID'));
  });
});
