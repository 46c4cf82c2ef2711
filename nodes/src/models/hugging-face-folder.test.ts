import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readHuggingFaceFolder } from './hugging-face-folder.ts';

/** Folders that strangers made. */
let folder: string;
const at = (name: string) => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-foreign-'));
  await writeFile(at('config.json'), '{"model_type": "llama"}');
});
afterEach(() => rm(folder, { recursive: true }));

/** A safetensors file of tensors of one f32 each. */
function part(...names: string[]): Uint8Array {
  const entries = names.map((name, i) => [name, { dtype: 'F32', shape: [1], data_offsets: [4 * i, 4 * i + 4] }]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4 * names.length)]);
}
const refused = { code: 'CONFIG_INVALID' };

it('reads parts together, through links to files as caches make them', async () => {
  await writeFile(at('blob'), part('a', 'b'));
  await symlink(at('blob'), at('model-00001-of-00002.safetensors'));
  await writeFile(at('model-00002-of-00002.safetensors'), part('c'));
  const { tensors, config } = await readHuggingFaceFolder(folder);
  expect([...tensors.keys()]).toEqual(['a', 'b', 'c']);
  expect(config).toEqual({ model_type: 'llama' });
});

it('a pipe or a device in the place of a file is not waited for', async () => {
  execFileSync('mkfifo', [at('model.safetensors')]);
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refused);
  await rm(at('model.safetensors'));
  await symlink('/dev/zero', at('model.safetensors'));
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refused);
  await rm(at('model.safetensors'));
  await writeFile(at('model.safetensors'), part('a'));
  await rm(at('config.json'));
  execFileSync('mkfifo', [at('config.json')]);
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refused);
});

it('files that a disk says are huge are not begun, together or alone', async () => {
  for (let i = 1; i <= 50; i++) {
    const name = at(`model-${String(i).padStart(5, '0')}-of-00050.safetensors`);
    await writeFile(name, part(`t${i}`));
    // Nothing but a hole: 100 GB that take no room on the disk.
    await truncate(name, 2 ** 31 - 1);
  }
  const before = process.memoryUsage().arrayBuffers;
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject({ ...refused, got: `${50 * (2 ** 31 - 1)} bytes` });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 26);
  await truncate(at('config.json'), 2 ** 33);
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refused);
});

it('a tensor that two parts have, and a name that is no name, are refused', async () => {
  await writeFile(at('model-00001-of-00002.safetensors'), part('a', 'b'));
  await writeFile(at('model-00002-of-00002.safetensors'), part('b'));
  await expect(readHuggingFaceFolder(folder)).rejects.toThrow(/tensor b twice/);
  await writeFile(at('model-00002-of-00002.safetensors'), part('x'.repeat(2 ** 20)));
  const error: unknown = await readHuggingFaceFolder(folder).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PROTOCOL_NOT_SAFETENSORS' });
  expect((error as Error).message.length).toBeLessThan(4_096);
});

it('reads how sentence-transformers pools, and how long texts are', async () => {
  await writeFile(at('model.safetensors'), part('a'));
  expect(await readHuggingFaceFolder(folder)).toMatchObject({ sentence: undefined, length: undefined });
  await writeFile(at('modules.json'), '[{"type": "x.Pooling"}]');
  await expect(readHuggingFaceFolder(folder)).rejects.toMatchObject(refused);
  await mkdir(at('1_Pooling'));
  await writeFile(at('1_Pooling/config.json'), '{"pooling_mode_mean_tokens": true}');
  await writeFile(at('sentence_bert_config.json'), '{"max_seq_length": 256}');
  expect(await readHuggingFaceFolder(folder)).toMatchObject({
    sentence: { modules: [{ type: 'x.Pooling' }], pooling: { pooling_mode_mean_tokens: true } },
    length: 256,
  });
  for (const length of ['-1', '"256"', 'null', '1e400']) {
    await writeFile(at('sentence_bert_config.json'), `{"max_seq_length": ${length}}`);
    expect((await readHuggingFaceFolder(folder)).length).toBeUndefined();
  }
  await writeFile(at('sentence_bert_config.json'), 'null');
  expect((await readHuggingFaceFolder(folder)).length).toBeUndefined();
});
