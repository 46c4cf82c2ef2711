import type { z } from 'zod';
import { nodeError } from '../../errors.ts';
import { readData } from '../dataset-file.ts';

const MAX_FILE = 256 * 2 ** 20;
export const MAX_LINES = 100_000;

/** The objects of a file that has one a line (`.jsonl`), in their order. Empty lines are passed over. */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>, expected: string): Promise<T[]> {
  const bytes = await readData(path, MAX_FILE);
  const refuse = (got: string, cause?: unknown) =>
    nodeError('CONFIG_INVALID', `${path} is not a file of questions.`, { expected, got, cause });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse('bytes that are no UTF-8', cause);
  }
  const all: T[] = [];
  let line = 0;
  for (const written of text.split('\n')) {
    line++;
    if (written.trim() === '') continue;
    if (all.length === MAX_LINES) throw refuse(`more than ${MAX_LINES} lines`);
    all.push(parsed(written, schema, (got, cause) => refuse(`line ${line}: ${got}`, cause)));
  }
  if (all.length === 0) throw refuse('an empty file');
  return all;
}

function parsed<T>(written: string, schema: z.ZodType<T>, refuse: (got: string, cause?: unknown) => Error): T {
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch (cause) {
    throw refuse('no JSON', cause);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuse(`${issue!.path.join('.') || 'a value'}: ${issue!.message}`, read.error);
}
