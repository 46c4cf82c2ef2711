import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore, serveContent, type HttpContent, type MemoryStore } from '@covey/client/testing';
import { encodeSafetensors, parameterRoot } from '@covey/protocol';
import { pieceLeaves, portableEngine } from '@covey/protocol/sealed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readContentKey } from '../sealed/content-key.ts';
import { nativeEngine } from '../sealed/native-engine.ts';
import { openFile } from '../sealed/open-file.ts';
import { sealFile } from '../sealed/seal-file.ts';
import { covey, type Line } from '../testing/covey-process.ts';
import { PartialFile } from './partial-file.ts';
import { tensorsIn } from './pull-file.ts';

const mebibyte = 1024 * 1024;
const maker = '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984';
const silent = 'http://127.0.0.1:9';

let folder: string;
let model: Uint8Array;
let store: MemoryStore;
let node: HttpContent;
let gateway: HttpContent;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-pull-'));
  // Six mebibytes of weights and a header: sealed, seven blocks.
  const data = Uint8Array.from(randomBytes(6 * mebibyte));
  model = encodeSafetensors({ weight: { dtype: 'F32', shape: [data.length / 4], data } });
  await writeFile(join(folder, 'own.safetensors'), model);
  store = memoryStore();
  node = await serveContent(store);
  gateway = await serveContent(store);
});

afterAll(async () => {
  await node.stop();
  await gateway.stop();
  await rm(folder, { recursive: true });
});

/** Runs a command to its end; gives its result, or its error. */
async function run(args: string[]): Promise<Line> {
  const running = covey([...args, '--json']);
  await running.exit;
  const [line] = running.lines;
  if (!line) throw new Error(running.stderr);
  return line;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const at = (name: string) => join(folder, name);
const isThere = (bytes: Uint8Array) => expect(sha256(bytes)).toBe(sha256(model));

describe('an own model, sealed', () => {
  let cid: string;

  it('is uploaded as ciphertext, leaves and manifest; its key is for its owner’s eyes', async () => {
    const sealed = await run(['seal', at('own.safetensors'), '--maker', maker, '--ipfs', node.url, '--name', 'Own']);
    expect(sealed).toMatchObject({ schema: 'covey.seal/1', uploaded: true, kept: 0 });
    cid = sealed.cid as string;
    const manifest = sealed.manifest as { plainRoot: string; ciphertext: string; leaves: string };
    expect(manifest.plainRoot).toBe(parameterRoot(model));
    expect(store.pins.has(manifest.ciphertext) && store.pins.has(manifest.leaves)).toBe(true);
    expect(await store.get(cid)).toEqual(new Uint8Array(await readFile(at('own.safetensors.manifest.json'))));
    expect((await stat(at('own.safetensors.key'))).mode & 0o777).toBe(0o600);
    // Nothing that was uploaded holds the key.
    const { key } = JSON.parse(await readFile(at('own.safetensors.key'), 'utf8')) as { key: string };
    for (const { bytes } of await store.all()) expect(Buffer.from(bytes).includes(key.slice(2))).toBe(false);
  });

  it('is fetched, killed in the middle, fetched on and opened', async () => {
    const args = ['pull', cid, '--ipfs', silent, '--gateway', `${node.url},${gateway.url}`, '--out', at('sold.bin')];
    let served = 0;
    const hold = Promise.withResolvers<void>();
    store.onBlock = async () => {
      // Manifest, leaves, root and three blocks come at once, one so late that it is recorded, and then no other.
      const turn = ++served;
      if (turn === 7) await new Promise((done) => setTimeout(done, 1_100));
      if (turn > 7) await hold.promise;
    };
    const first = covey([...args, '--json']);
    const record = at('sold.bin.sealed.part.json');
    while (!existsSync(record)) await new Promise((done) => setTimeout(done, 100));
    await first.kill();
    hold.resolve();
    store.onBlock = () => undefined;
    const fetched = await run([...args]);
    expect(fetched).toMatchObject({ schema: 'covey.pull/1', sealed: true, opened: false, out: null, name: 'Own' });
    expect((fetched.kept as { ciphertext: number }).ciphertext).toBeGreaterThan(0);
    expect(existsSync(at('sold.bin'))).toBe(false);
    const opened = await run([...args, '--content-key', at('own.safetensors.key')]);
    expect(opened).toMatchObject({ opened: true, wrongTags: 0, tensors: 1, out: at('sold.bin') });
    isThere(await readFile(at('sold.bin')));
    expect((await readdir(folder)).filter((name) => name.startsWith('sold.bin.'))).toEqual([]);
  });

  it('is not opened with another key, nor written over what is there', async () => {
    const other = at('other.key');
    const key = JSON.parse(await readFile(at('own.safetensors.key'), 'utf8')) as Record<string, string>;
    const zeros = { ...key, key: `0x${'00'.repeat(32)}` };
    await writeFile(other, JSON.stringify(zeros));
    await expect(readContentKey(other)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await writeFile(other, JSON.stringify({ ...zeros, keyHash: keccakOfZeros }));
    const args = ['pull', cid, '--ipfs', node.url, '--out', at('twice.bin'), '--content-key', other];
    expect(await run(args)).toMatchObject({ error: { code: 'PROTOCOL_WRONG_CONTENT_KEY' } });
    await writeFile(at('twice.bin'), 'mine');
    expect(await run(args)).toMatchObject({ error: { code: 'CONFIG_INVALID' } });
    expect(await readFile(at('twice.bin'), 'utf8')).toBe('mine');
  });
});

/** keccak256 of 32 zero bytes. */
const keccakOfZeros = '0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563';

describe('an open model', () => {
  it('is fetched by its CID', async () => {
    const cid = await store.add(model);
    const pulled = await run(['pull', cid, '--ipfs', node.url, '--out', at('open.safetensors')]);
    expect(pulled).toMatchObject({ schema: 'covey.pull/1', sealed: false, bytes: model.length, tensors: 1 });
    isThere(await readFile(at('open.safetensors')));
    const small = await run(['pull', cid, '--ipfs', node.url, '--out', at('large.bin'), '--max-size', '1']);
    expect(small).toMatchObject({ error: { code: 'CONTENT_TOO_LARGE' } });
    expect(await tensorsIn(at('own.safetensors.leaves'))).toBeNull();
  });
});

describe('what is sealed or opened in part', () => {
  it('goes on behind what is whole, and seals nothing else with the same key', async () => {
    const engine = await nativeEngine();
    const [file, keyFile] = [at('again.bin'), at('again.key')];
    await writeFile(file, model.subarray(0, mebibyte));
    const paths = { ciphertext: at('again.sealed'), leaves: at('again.leaves') };
    const first = await sealFile({ file, ...paths, keyFile, engine });
    const ciphertext = await readFile(paths.ciphertext);
    // As a kill would leave it: half of the ciphertext, and what was hashed of it.
    await writeFile(`${paths.ciphertext}.part`, ciphertext.subarray(0, 5 * 65_552 + 100));
    const rows = Array.from({ length: 5 }, (_, i) =>
      pieceLeaves(ciphertext.subarray(i * 65_552, i * 65_552 + 65_536), engine.keccak),
    );
    await writeFile(`${paths.ciphertext}.cipher-leaves`, Buffer.concat(rows));
    const again = await sealFile({ file, ...paths, keyFile, engine });
    expect(again).toEqual({ ...first, kept: 5 * 65_536 });
    expect(Buffer.compare(await readFile(paths.ciphertext), ciphertext)).toBe(0);
    // Damage is found before anything could be sold.
    await writeFile(`${paths.ciphertext}.part`, Buffer.alloc(5 * 65_552));
    await writeFile(`${paths.ciphertext}.cipher-leaves`, Buffer.concat(rows));
    await expect(sealFile({ file, ...paths, keyFile, engine })).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    await writeFile(file, model.subarray(1, mebibyte + 1));
    await expect(sealFile({ file, ...paths, keyFile, engine })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });

    // Opening: two chunks are there, the third is damaged.
    const { key } = await readContentKey(keyFile);
    const half = Buffer.from(model.subarray(0, 3 * 65_536 + 7));
    half[2 * 65_536]! ^= 1;
    await writeFile(`${at('opened.bin')}.part`, half);
    await writeFile(paths.ciphertext, ciphertext);
    await writeFile(file, model.subarray(0, mebibyte));
    await sealFile({ file, ...paths, keyFile, engine });
    const opened = await openFile({ manifest: first, key, ...paths, out: at('opened.bin'), engine });
    expect(opened).toEqual({ kept: 2 * 65_536, wrongTags: 0 });
    expect(Buffer.compare(await readFile(at('opened.bin')), model.subarray(0, mebibyte))).toBe(0);
  });

  it('is computed natively as in plain JavaScript', async () => {
    const engine = await nativeEngine();
    const [key, nonce] = [new Uint8Array(randomBytes(32)), new Uint8Array(randomBytes(12))];
    for (const length of [1, 64, 1024, 65_536]) {
      const text = model.subarray(0, length);
      const sealed = engine.encrypt(key, nonce, text);
      expect(sealed).toEqual(portableEngine.encrypt(key, nonce, text));
      expect(engine.decrypt(key, nonce, sealed)).toEqual(text);
      expect(engine.decrypt(key, nonce, sealed.with(0, sealed[0]! ^ 1))).toBeNull();
    }
  });
});

describe('what others put in the place of a part', () => {
  const [size, place] = [8, { schema: 'covey.partial/1', cid: 'a' }];

  it.each([
    ['a link', symlink],
    ['another name of a file', link],
  ])('is not written to: %s', async (_what, put) => {
    const theirs = at('theirs.bin');
    await writeFile(theirs, Buffer.alloc(size, 1));
    const path = at('place.bin');
    await put(theirs, `${path}.part`);
    await writeFile(`${path}.part.json`, JSON.stringify({ ...place, size, ranges: [[0, size]] }));
    const file = new PartialFile(path, 'a');
    await file.open(size);
    expect(await file.read(0, size)).toBeNull();
    await file.write(0, new Uint8Array(size).fill(2));
    await file.keep();
    expect((await lstat(path)).isFile()).toBe(true);
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(theirs)).toEqual(Buffer.alloc(size, 1));
    await rm(path);
  });

  it.each([
    ['a link', symlink],
    ['another name of a file', link],
  ])('gets nothing of what was bought: %s', async (_what, put) => {
    const engine = await nativeEngine();
    const bought = at('bought.bin');
    const bytes = model.subarray(0, 3 * 65_536);
    await writeFile(bought, bytes);
    const paths = { ciphertext: at('bought.sealed'), leaves: at('bought.leaves') };
    const manifest = await sealFile({ file: bought, ...paths, keyFile: at('bought.key'), engine });
    const { key } = await readContentKey(at('bought.key'));
    const out = at('mine.bin');
    // Of what is in there the first chunk is right: it would be gone on with. And where nothing is, it would be begun.
    for (const there of [bytes.subarray(0, 65_536), new Uint8Array()]) {
      const theirs = at('theirs.part');
      await writeFile(theirs, there);
      await put(theirs, `${out}.part`);
      expect(await openFile({ manifest, key, ...paths, out, engine })).toEqual({ kept: 0, wrongTags: 0 });
      expect(Buffer.compare(await readFile(out), bytes)).toBe(0);
      expect(Buffer.compare(await readFile(theirs), there)).toBe(0);
      await rm(out);
      await rm(theirs);
    }
  });
});

describe('a file that comes in pieces', () => {
  it('goes on where it was recorded, only for the same file and size', async () => {
    const path = at('parts.bin');
    const open = async (cid: string, size: number) => {
      const file = new PartialFile(path, cid);
      await file.open(size);
      return file;
    };
    const first = await open('a', 100);
    await first.write(50, new Uint8Array(10).fill(1));
    await first.write(60, new Uint8Array(10).fill(2));
    await first.close();
    const again = await open('a', 100);
    expect(await again.read(55, 10)).toEqual(Uint8Array.of(1, 1, 1, 1, 1, 2, 2, 2, 2, 2));
    expect(await again.read(45, 10)).toBeNull();
    expect(await again.read(65, 10)).toBeNull();
    await again.close();
    await rm(`${path}.part`);
    expect(await (await open('a', 100)).read(55, 10)).toBeNull();
    const other = await open('b', 100);
    expect(await other.read(55, 10)).toBeNull();
    await other.write(0, new Uint8Array(100).fill(3));
    await other.keep();
    expect(new Uint8Array(await readFile(path))).toEqual(new Uint8Array(100).fill(3));
    expect(existsSync(`${path}.part`) || existsSync(`${path}.part.json`)).toBe(false);
    await writeFile(`${path}.part.json`, 'no record');
    expect(await (await open('b', 100)).read(0, 1)).toBeNull();
  });
});
