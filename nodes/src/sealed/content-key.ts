import { randomBytes } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CONTENT_KEY_BYTES, contentKeyHash } from '@covey/protocol/sealed';
import { bytesToHex, hexToBytes, type Hex } from 'viem';
import { z } from 'zod';
import { nodeError } from '../errors.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';

const hex32 = z.custom<Hex>(
  (value) => /^0x[0-9a-f]{64}$/.test(String(value)),
  'expected 0x and 64 lower-case hex digits',
);

const contentKeySchema = z.strictObject({
  schema: z.literal('covey.content-key/1'),
  key: hex32,
  keyHash: hex32,
  /** Of the one plaintext that it seals: another would give both away. */
  plainRoot: hex32.optional(),
});

export interface ContentKey {
  key: Uint8Array;
  keyHash: Hex;
  plainRoot?: Hex | undefined;
}

/** Makes the key of one plaintext and writes it for its owner's eyes only; it is on the disk when this returns. */
export async function makeContentKey(path: string, plainRoot: Hex): Promise<ContentKey> {
  const key = new Uint8Array(randomBytes(CONTENT_KEY_BYTES));
  const keyHash = contentKeyHash(key);
  await writeContentKey(path, { key, keyHash, plainRoot });
  return { key, keyHash, plainRoot };
}

/** Writes a key for its owner's eyes only; EEXIST where there is a file: a key is never written over. */
export async function writeContentKey(path: string, { key, keyHash, plainRoot }: ContentKey): Promise<void> {
  const file = { schema: 'covey.content-key/1', key: bytesToHex(key), keyHash, plainRoot };
  const temporary = await writeAside(path, `${JSON.stringify(file, null, 2)}\n`);
  try {
    // Not a rename, which would write over it.
    await link(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Undefined where there is no file. */
export async function findContentKey(path: string): Promise<ContentKey | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined;
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a content key', cause });
  }
  return parseContentKey(text, path);
}

export async function readContentKey(path: string): Promise<ContentKey> {
  const found = await findContentKey(path);
  if (found) return found;
  throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a content key, as `covey seal` writes it' });
}

/** The file's content is a secret: no part of it is in a message. */
function parseContentKey(text: string, path: string): ContentKey {
  let parsed: z.infer<typeof contentKeySchema> | undefined;
  try {
    parsed = contentKeySchema.safeParse(JSON.parse(text)).data;
  } catch {
    // Said below.
  }
  const key = parsed && hexToBytes(parsed.key);
  if (parsed && key && contentKeyHash(key) === parsed.keyHash)
    return { key, keyHash: parsed.keyHash, plainRoot: parsed.plainRoot };
  throw nodeError('CONFIG_INVALID', `${path} is not a content key.`, {
    expected: 'the file that `covey seal` wrote (schema covey.content-key/1)',
  });
}
