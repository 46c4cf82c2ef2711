import { type DataDescription, type Dataset, type DescribedText } from '@covey/protocol';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  MAX_ARRAY_BYTES,
  fitTable,
  formatOf,
  importArrays,
  importImages,
  importText,
  importTokens,
  inflate,
  mapTable,
  parseForeignSafetensors,
  parseIdx,
  parseNpy,
  readNpz,
  sourceOf,
  type Arrays,
  type ByteSource,
  type DataFormat,
  type ImageFile,
} from '../data/import/index.ts';
import { nodeError } from '../errors.ts';
import { openTokenizer } from '../models/tokenizer-files.ts';
import { readData } from './dataset-file.ts';
import {
  arrayOptions,
  imageOptions,
  readTableOptions,
  tableOptions,
  textLength,
  type ImportOptions,
} from './import-options.ts';

export interface Imported {
  data: Dataset;
  description: DataDescription;
  /** What a person may want to know of it. */
  notes: string[];
  /** Rows of a table by the values of a column. */
  groups?: { names: string[]; of: Uint32Array };
}

export interface ImportFileOptions {
  options: ImportOptions;
  /** Makes samples as another's data were made. */
  like?: DataDescription | undefined;
  /** The column of a table by which its rows are parted. */
  by?: string | undefined;
  /** Whether a table has to have labels or targets; it has unless said otherwise. */
  needsOutput?: boolean;
  progress(line: string): void;
}

/** Samples of any file that importers read, or of a folder of images. */
export async function importFile(path: string, parameters: ImportFileOptions): Promise<Imported> {
  const { options, like, by, needsOutput } = parameters;
  const opened = await openData(path, options.format);
  if (by !== undefined && opened.format !== 'csv')
    throw nodeError('CONFIG_INVALID', 'Only a table has columns to part its rows by.', {
      expected: 'a CSV file',
      got: opened.format,
    });
  switch (opened.format) {
    case 'csv':
      return await importTable(opened.source, parameters);
    case 'image':
      return { ...(await importFolder(path, parameters)), notes: [] };
    case 'text': {
      const known = requireKind(like, 'text');
      const { unused, ...made } = await importAnyText(await opened.bytes(), options, known);
      const left =
        made.description.tokens === 'bytes'
          ? `${unused} bytes at the end are no whole sample`
          : `${unused} tokens at the end are no whole sample`;
      return {
        ...made,
        description: like ?? made.description,
        notes: unused ? [left] : [],
      };
    }
    default: {
      const arrays = await readArrays(path, opened, options);
      return {
        ...importArrays(arrays, { ...arrayOptions(options), needsOutput }, requireKind(like, 'array')),
        notes: [],
      };
    }
  }
}

/** As bytes, or by a tokenizer, which must be the one that a description names. */
async function importAnyText(bytes: Uint8Array, options: ImportOptions, known: DescribedText | undefined) {
  const length = known?.length ?? textLength(options);
  const named = known?.tokens === 'bytes' ? undefined : known?.tokens;
  if (options.tokenizer === undefined && named === undefined) return importText(bytes, length);
  if (options.tokenizer === undefined || known?.tokens === 'bytes')
    throw nodeError('CONFIG_INVALID', 'The description says by what text becomes tokens.', {
      expected: named ? `--tokenizer FILE, the tokenizer ${named.tokenizer}` : 'no --tokenizer: it is bytes',
    });
  const { tokenizer, cid } = await openTokenizer(options.tokenizer);
  if (named && named.tokenizer !== cid)
    throw nodeError('CONFIG_INVALID', 'The description names another tokenizer.', {
      expected: named.tokenizer,
      got: cid,
    });
  const vocabulary = named?.vocabulary ?? options.vocabulary ?? tokenizer.vocabulary;
  return importTokens(bytes, length, { tokenizer, cid, vocabulary });
}

export async function importTable(
  source: ByteSource,
  { options, like, by, needsOutput, progress }: ImportFileOptions,
): Promise<Imported> {
  const read = { ...readTableOptions(options), onProgress: everyPart(progress) };
  const known = requireKind(like, 'table');
  const fitted = known ? { description: known, notes: [] } : await fitTable(source, read, tableOptions(options, by));
  const { description } = fitted;
  const { ignored, ...made } = await mapTable(source, read, { description, by, needsOutput: needsOutput ?? true });
  const left = ignored.filter((name) => !options.drop?.includes(name) && name !== by);
  const notes = left.length > 0 ? [`columns that the description does not know: ${left.slice(0, 12).join(', ')}`] : [];
  return { ...made, description, notes: [...fitted.notes, ...notes] };
}

/** Says every 64 MiB how far a file is read. */
function everyPart(progress: (line: string) => void) {
  let said = 0;
  return (bytes: number) => {
    const part = Math.floor(bytes / 2 ** 26);
    if (part > said) progress(`read ${part * 64} MiB`);
    said = part;
  };
}

async function importFolder(path: string, { options, like, progress }: ImportFileOptions) {
  const files = await imagesOf(path);
  const known = requireKind(like, 'image');
  const made = known ?? imageOptions(options);
  return await importImages(files, made, known, (count) => {
    if (count % 1000 === 0) progress(`${count} of ${files.length} images`);
  });
}

/** The files of a folder and its folders; a file alone is the only one. */
export async function imagesOf(path: string): Promise<ImageFile[]> {
  if (!(await stat(path)).isDirectory()) return [{ path: basename(path), bytes: () => readData(path) }];
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { path: file.slice(join(path, '/').length).replaceAll('\\', '/'), bytes: () => readData(file) };
    });
}

type KindOf<K extends DataDescription['kind']> = Extract<DataDescription, { kind: K }>;

export function requireKind<K extends DataDescription['kind']>(
  like: DataDescription | undefined,
  kind: K,
): KindOf<K> | undefined {
  if (!like || like.kind === kind) return like as KindOf<K> | undefined;
  throw nodeError('CONFIG_INVALID', 'The description is of another kind of data than the file.', {
    expected: like.kind,
    got: kind,
  });
}

export interface OpenedData {
  format: Exclude<DataFormat, 'gzip'>;
  /** From the beginning each time; of a compressed file what it holds. */
  source: ByteSource;
  bytes(): Promise<Uint8Array>;
}

/** What a file is, by its name and first bytes. A table is read as a stream, all else whole. */
export async function openData(path: string, format: DataFormat | undefined): Promise<OpenedData> {
  const found = await stat(path).catch((cause: unknown) => {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${path}.`, { cause });
  });
  if (found.isDirectory()) return { format: 'image', source: () => [], bytes: async () => readData(path) };
  const name = basename(path);
  const kind = format ?? formatOf(name, await headOf(path));
  const read = () => readData(path, MAX_ARRAY_BYTES);
  if (kind !== 'gzip') return { format: kind, source: () => createReadStream(path), bytes: read };
  const bytes = await inflate(name, await read(), 'gzip', MAX_ARRAY_BYTES);
  const inner = formatOf(name, bytes);
  if (inner !== 'gzip') return { format: inner, source: sourceOf(bytes), bytes: () => Promise.resolve(bytes) };
  throw nodeError('DATA_BAD_ARRAY', `${name} is compressed twice.`, { expected: 'once' });
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(16), 0, 16, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Arrays of a file by their names; of IDX and npy, which have one, with those of the labels' file. */
export async function readArrays(
  path: string,
  opened: OpenedData,
  { labels, format }: Pick<ImportOptions, 'labels' | 'format'>,
): Promise<Arrays> {
  const bytes = await opened.bytes();
  const name = basename(path);
  switch (opened.format) {
    case 'npz':
      return await readNpz(bytes);
    case 'safetensors':
      return parseForeignSafetensors(bytes);
    case 'idx':
    case 'npy': {
      const array = opened.format === 'idx' ? parseIdx(bytes, name) : parseNpy(bytes, name);
      if (labels === undefined) return new Map([['inputs', array]]);
      const [own] = await readArrays(labels, await openData(labels, format), { labels: undefined, format });
      return new Map([
        ['inputs', array],
        ['labels', own![1]],
      ]);
    }
    default:
      throw nodeError('CONFIG_INVALID', `${path} holds no arrays.`, {
        expected: 'IDX, npy, npz or safetensors',
        got: opened.format,
      });
  }
}
