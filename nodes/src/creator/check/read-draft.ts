import { isCoveyError, issueMessage } from '@covey/errors';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import {
  MAX_SHARD_BYTES,
  decodeDataDescription,
  decodeDataset,
  fileCid,
  modelFromBytes,
  requireDescribed,
  type DataDescription,
  type Dataset,
} from '@covey/protocol';
import { nodeError } from '../../errors.ts';
import { draftSchema, taskOf, type DraftFile } from '../draft.ts';
import type { TaskDraft } from '../create-task.ts';
import { fail, ok, type Finding } from './finding.ts';

/** A draft with all that it names, or what is wrong with it: parts that could be read are there. */
export interface ReadDraft {
  findings: Finding[];
  file?: DraftFile;
  task?: TaskDraft;
  data?: Dataset;
}

const mostBytes = 1024 * 1024;

/** Reads a draft and the files that it names; everything wrong with them is a finding, not an error. */
export async function readDraft(path: string): Promise<ReadDraft> {
  const parsed = await parseDraft(path);
  if (!('file' in parsed)) return parsed;
  const { file } = parsed;
  const folder = dirname(resolve(path));
  const [base, data, description] = await Promise.all([
    readBase(file, folder),
    readData(file, folder),
    readDescription(file, folder),
  ]);
  const named = 'description' in description ? description.description : undefined;
  const tokenizer = await readTokenizerOf(file, folder, named);
  const findings = [base, data, description, tokenizer].flatMap((read) => ('finding' in read ? [read.finding] : []));
  return {
    ...{ file, findings },
    ...('data' in data && { data: data.data }),
    task: taskOf(file, {
      base: 'base' in base ? base.base : undefined,
      data: named,
      tokenizer: 'tokenizer' in tokenizer ? tokenizer.tokenizer : undefined,
    }),
  };
}

/** A draft and the model that it begins with, without its hidden samples. Throws CONFIG_INVALID for what is none. */
export async function openDraft(path: string): Promise<TaskDraft> {
  const parsed = await parseDraft(path);
  if (!('file' in parsed)) throw wrong(path, parsed.findings[0]!);
  const base = await readBase(parsed.file, dirname(resolve(path)));
  if ('finding' in base) throw wrong(path, base.finding);
  return taskOf(parsed.file, base);
}

const wrong = (path: string, { field, value, bound, next }: Finding) =>
  nodeError('CONFIG_INVALID', `${path} is no task draft: ${field}.`, { expected: bound, got: value, hint: next });

async function parseDraft(path: string): Promise<{ file: DraftFile } | { findings: Finding[] }> {
  const what = 'a task draft (schema covey.task-draft/1)';
  const advice = 'Let `covey task new` write one, and change what you like in it.';
  let value: unknown;
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > mostBytes) return { findings: [fail('file', `${path} is too large`, what, advice)] };
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? `${path} is no JSON: ${error.message}` : `${path} cannot be read`;
    return { findings: [fail('file', why, what, advice)] };
  }
  const parsed = draftSchema.safeParse(value, { error: issueMessage });
  if (parsed.success) return { file: parsed.data };
  const findings = parsed.error.issues.map(({ path: place, message }) => {
    const field = place.join('.') || 'file';
    return fail(field, shown(at(value, place)), message, `Change ${field} in ${path}.`);
  });
  return { findings };
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

async function readBase(
  file: DraftFile,
  folder: string,
): Promise<{ base: Float32Array | undefined } | { finding: Finding }> {
  if (file.initialModel === undefined) return { base: undefined };
  const bytes = await bytesOf(resolve(folder, file.initialModel));
  const field = 'initialModel';
  if (!bytes) return { finding: unreadable(field, file.initialModel) };
  try {
    return { base: modelFromBytes(file.architecture, bytes, { maxBytes: Infinity }) };
  } catch (error) {
    const advice = 'Give a model of exactly this architecture, or remove initialModel to begin from random weights.';
    return { finding: misread(error, field, 'the weights of this architecture', advice) };
  }
}

async function readData({ validation }: DraftFile, folder: string): Promise<{ data: Dataset } | { finding: Finding }> {
  const field = 'validation.file';
  const bytes = await bytesOf(resolve(folder, validation.file));
  if (!bytes) return { finding: unreadable(field, validation.file) };
  try {
    return { data: decodeDataset(bytes, { maxBytes: MAX_SHARD_BYTES }) };
  } catch (error) {
    const advice = 'Make it with `covey data import`.';
    return { finding: misread(error, field, 'a dataset file', advice) };
  }
}

async function readDescription(
  { validation, architecture }: DraftFile,
  folder: string,
): Promise<{ description: DataDescription | undefined } | { finding: Finding }> {
  if (validation.description === undefined) return { description: undefined };
  const field = 'validation.description';
  const bytes = await bytesOf(resolve(folder, validation.description));
  if (!bytes) return { finding: unreadable(field, validation.description) };
  try {
    const description = decodeDataDescription(bytes);
    requireDescribed(architecture, description);
    return { description };
  } catch (error) {
    const advice = 'Name the description that `covey data import` wrote beside this file, for this architecture.';
    return { finding: misread(error, field, 'a data description (covey.data/1)', advice) };
  }
}

/** The file of the tokenizer that a description names, by its CID. */
async function readTokenizerOf(
  { validation }: DraftFile,
  folder: string,
  description: DataDescription | undefined,
): Promise<{ tokenizer: Uint8Array | undefined } | { finding: Finding }> {
  const named =
    description?.kind === 'text' && description.tokens !== 'bytes' ? description.tokens.tokenizer : undefined;
  if (named === undefined && validation.tokenizer === undefined) return { tokenizer: undefined };
  const field = 'validation.tokenizer';
  const expected = named ?? 'none: the description names none';
  const advice = 'Name the tokenizer.json by which the text was imported.';
  if (validation.tokenizer === undefined) return { finding: fail(field, 'missing', expected, advice) };
  const bytes = await bytesOf(resolve(folder, validation.tokenizer));
  if (!bytes) return { finding: unreadable(field, validation.tokenizer) };
  const cid = await fileCid(bytes);
  return cid === named ? { tokenizer: bytes } : { finding: fail(field, cid, expected, advice) };
}

const bytesOf = (path: string): Promise<Uint8Array | undefined> => readFile(path).catch(() => undefined);

const unreadable = (field: string, path: string): Finding =>
  fail(
    field,
    `${path} cannot be read`,
    'a file, by its path from the draft’s folder',
    `Change ${field}, or put the file there.`,
  );

function misread(error: unknown, field: string, what: string, advice: string): Finding {
  if (!isCoveyError(error)) throw error;
  const value = [error.shortMessage, error.got].filter(Boolean).join(': ');
  return fail(field, value, error.expected ?? what, advice);
}

/** What a readable base model is said to be. */
export const baseFinding = ({ seed, initialModel }: DraftFile): Finding =>
  initialModel === undefined
    ? ok('initialModel', `random weights of seed ${seed}`, '')
    : ok('initialModel', initialModel, 'the weights of this architecture');
