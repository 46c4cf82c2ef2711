import { open as openHandle, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  PositionalTree,
  SEALED_CHUNK_BYTES,
  addLeaves,
  chunkNonce,
  pieceLeaves,
  regroup,
  rootOfCiphertext,
  seal,
  sealedSizes,
  type SealedSizes,
  type SealingEngine,
} from '@covey/protocol/sealed';
import type { Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { requireSpace } from '../state/disk.ts';
import { syncFolder } from '../state/write-aside.ts';
import { findContentKey, makeContentKey } from './content-key.ts';
import { chunkStep, fileStream } from './file-stream.ts';

export interface SealFileParameters {
  /** The plaintext. */
  file: string;
  /** Where ciphertext and leaves go, and the key, which is there before anything is sealed. */
  ciphertext: string;
  leaves: string;
  keyFile: string;
  engine: SealingEngine;
  onProgress?: (step: 'reading' | 'sealing' | 'checking', bytes: number, of: number) => void;
}

export interface SealedFile {
  bytes: number;
  keyHash: Hex;
  plainRoot: Hex;
  cipherRoot: Hex;
  /** Bytes of plaintext that an earlier attempt had sealed. */
  kept: number;
}

/**
 * Seals a file into two others. It is read first, so that its key is bound to this one plaintext: where it changed since, the
 * key is refused and not used for both. What an earlier attempt sealed stays; the ciphertext is hashed again from the disk at
 * the end, whatever was written when.
 */
export async function sealFile(parameters: SealFileParameters): Promise<SealedFile> {
  const { file, ciphertext, leaves, keyFile, engine } = parameters;
  const { size: bytes } = await stat(file).catch((cause: unknown) => {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${file}.`, { cause });
  });
  const sizes = sealedSizes(bytes);
  await requireSpace(dirname(ciphertext), sizes.leavesBytes);
  const plainRoot = await writeLeaves(parameters, sizes);
  const found = await findContentKey(keyFile);
  if (found && found.plainRoot !== plainRoot) {
    throw nodeError('CONFIG_INVALID', `The key in ${keyFile} is that of another file.`, {
      expected: `a key of the root ${plainRoot}`,
      got: found.plainRoot ?? 'no root',
      hint: 'Did the file change? Seal it into other files, with a new key.',
    });
  }
  // What is there without this key was sealed with another.
  if (!found) await dropParts(ciphertext);
  const { key, keyHash } = found ?? (await makeContentKey(keyFile, plainRoot));
  const { cipherRoot, kept } = await writeCiphertext(parameters, sizes, key);
  const { root } = await rootOfCiphertext(authentic(parameters, sizes, key), sizes, engine);
  if (root !== cipherRoot) throw await damaged(ciphertext);
  await rename(`${ciphertext}.part`, ciphertext);
  await rename(`${leaves}.part`, leaves);
  await rm(cipherLeavesOf(ciphertext), { force: true });
  for (const folder of new Set([dirname(ciphertext), dirname(leaves)])) await syncFolder(folder);
  return { bytes, keyHash, plainRoot, cipherRoot, kept };
}

const cipherLeavesOf = (ciphertext: string) => `${ciphertext}.cipher-leaves`;

/** The ciphertext as it is on the disk, each chunk of it with a tag that this key made. */
async function* authentic({ ciphertext, engine, onProgress }: SealFileParameters, sizes: SealedSizes, key: Uint8Array) {
  let [index, bytes] = [0, 0];
  for await (const chunk of regroup(fileStream(`${ciphertext}.part`, 'ciphertext'), chunkStep.ciphertext)) {
    const isWhole = index < sizes.chunks && engine.decrypt(key, chunkNonce(sizes, index), chunk) !== null;
    if (!isWhole) throw await damaged(ciphertext);
    index++;
    bytes += chunk.length;
    onProgress?.('checking', bytes, sizes.ciphertextBytes);
    yield chunk;
  }
}

async function damaged(ciphertext: string) {
  await dropParts(ciphertext);
  return nodeError('STATE_CORRUPT', 'What an earlier attempt sealed is damaged, and was removed.', {
    hint: 'Run the same command again.',
  });
}

async function dropParts(ciphertext: string): Promise<void> {
  await rm(`${ciphertext}.part`, { force: true });
  await rm(cipherLeavesOf(ciphertext), { force: true });
}

async function writeLeaves({ file, leaves, engine, onProgress }: SealFileParameters, sizes: SealedSizes): Promise<Hex> {
  const target = await openHandle(`${leaves}.part`, 'w', 0o600);
  const tree = new PositionalTree(engine);
  let bytes = 0;
  try {
    for await (const chunk of regroup(fileStream(file, 'plaintext'), SEALED_CHUNK_BYTES)) {
      const row = pieceLeaves(chunk, engine.keccak);
      addLeaves(tree, row);
      await target.write(row);
      bytes += chunk.length;
      onProgress?.('reading', bytes, sizes.bytes);
    }
    await target.sync();
  } finally {
    await target.close();
  }
  if (bytes !== sizes.bytes) throw changed(file);
  return tree.root();
}

async function writeCiphertext(
  { file, ciphertext, leaves, engine, onProgress }: SealFileParameters,
  sizes: SealedSizes,
  key: Uint8Array,
): Promise<{ cipherRoot: Hex; kept: number }> {
  const [part, side] = [`${ciphertext}.part`, cipherLeavesOf(ciphertext)];
  const from = await sealedChunks(part, side, sizes);
  await requireSpace(dirname(ciphertext), sizes.bytes - from * SEALED_CHUNK_BYTES);
  const [target, beside] = [
    await openHandle(part, from ? 'r+' : 'w', 0o600),
    await openHandle(side, from ? 'r+' : 'w'),
  ];
  const tree = new PositionalTree(engine);
  try {
    await target.truncate(from * chunkStep.ciphertext);
    await beside.truncate(from * chunkStep.leaves);
    if (from > 0) for await (const row of regroup(fileStream(side, 'leaves'), chunkStep.leaves)) addLeaves(tree, row);
    const promised = regroup(fileStream(`${leaves}.part`, 'leaves', from), chunkStep.leaves);
    const source = fileStream(file, 'plaintext', from);
    for await (const chunk of seal(source, { key, bytes: sizes.bytes, from, engine })) {
      const expected = await promised.next();
      // Before anything of it is written: the key belongs to one plaintext.
      if (expected.done || Buffer.compare(expected.value, chunk.plainLeaves) !== 0) throw changed(file);
      const at = chunk.index * chunkStep.ciphertext;
      await target.write(chunk.sealed, 0, chunk.sealed.length, at);
      await beside.write(chunk.cipherLeaves, 0, chunk.cipherLeaves.length, chunk.index * chunkStep.leaves);
      addLeaves(tree, chunk.cipherLeaves);
      onProgress?.('sealing', Math.min(sizes.bytes, (chunk.index + 1) * SEALED_CHUNK_BYTES), sizes.bytes);
    }
    await target.sync();
  } finally {
    await target.close();
    await beside.close();
  }
  return { cipherRoot: tree.root(), kept: from * SEALED_CHUNK_BYTES };
}

/** Whole chunks, but the last, that an earlier attempt left in both files. */
async function sealedChunks(part: string, side: string, { chunks }: SealedSizes): Promise<number> {
  const sizeOf = (path: string) =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    );
  const sealed = Math.floor((await sizeOf(part)) / chunkStep.ciphertext);
  const hashed = Math.floor((await sizeOf(side)) / chunkStep.leaves);
  return Math.min(sealed, hashed, chunks - 1);
}

function changed(file: string) {
  return nodeError('CONFIG_INVALID', `${file} changed while it was sealed.`, {
    hint: 'Nothing was uploaded. Seal it again when nothing writes to it.',
  });
}
