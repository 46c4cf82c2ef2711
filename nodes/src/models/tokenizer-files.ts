import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileCid } from '@covey/protocol';
import { MAX_TOKENIZER_BYTES, readTokenizer, type Tokenizer } from '@covey/protocol/tokenizer';
import { nodeError } from '../errors.ts';

const tokenizerFile = 'tokenizer.json';
/** What `save_pretrained` writes of a tokenizer: only the first is read here, the others go with it. */
const kept = [
  tokenizerFile,
  ...['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json', 'chat_template.jinja'],
  ...['vocab.json', 'merges.txt', 'vocab.txt', 'tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model'],
];

export interface OpenedTokenizer {
  tokenizer: Tokenizer;
  bytes: Uint8Array;
  /** Under which it is kept. */
  cid: string;
}

/** A `tokenizer.json`, or that of a folder. */
export async function openTokenizer(path: string): Promise<OpenedTokenizer> {
  const bytes = await bytesOf(await tokenizerFileOf(path));
  return { tokenizer: readTokenizer(bytes), bytes, cid: await fileCid(bytes) };
}

/** The file that is meant by itself or its folder. */
export async function tokenizerFileOf(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? join(path, tokenizerFile) : path;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    const found = await stat(file);
    if (found.isFile() && found.size <= MAX_TOKENIZER_BYTES) return new Uint8Array(await readFile(file));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${file}.`, { expected: 'a tokenizer.json', cause });
  }
  throw nodeError('CONFIG_INVALID', `${file} is too large, or no file.`, {
    expected: `at most ${MAX_TOKENIZER_BYTES / 2 ** 20} MiB`,
  });
}

/** Copies a tokenizer's files as they are; gives the names of those that there were. */
export async function copyTokenizer(from: string, to: string): Promise<string[]> {
  const there = new Set(await readdir(from).catch(() => []));
  const names = kept.filter((name) => there.has(name));
  if (names.length === 0 || resolve(from) === resolve(to)) return names;
  await mkdir(to, { recursive: true });
  for (const name of names) await writeFile(join(to, name), await bytesOf(join(from, name)));
  return names;
}
