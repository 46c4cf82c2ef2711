import { readPart, unsupported, type JsonReader } from './json-reader.ts';
import { MAX_VOCABULARY } from './model.ts';

/** Puts special tokens around the tokens of a text. */
export type PostProcessor = (ids: readonly number[]) => readonly number[];

const MOST_PIECES = 64;

/** A post-processor of `tokenizer.json`; without one tokens stay as they are. */
export function readPostProcessor(given: unknown): PostProcessor | undefined {
  return given === undefined || given === null ? undefined : readPart(given, 'post_processor', table);
}

const around = (part: JsonReader): PostProcessor => {
  const [start, end] = [specialOf(part, 'cls'), specialOf(part, 'sep')];
  return (ids) => [start, ...ids, end];
};

const table: Readonly<Record<string, (part: JsonReader, nested: (key: string) => PostProcessor[]) => PostProcessor>> = {
  Sequence: (_, nested) => {
    const all = nested('processors');
    return (ids) => all.reduce((so, one) => one(so), ids);
  },
  // It moves offsets, of which there are none here.
  ByteLevel: () => (ids) => ids,
  BertProcessing: around,
  RobertaProcessing: around,
  TemplateProcessing: (part) => {
    const special = part.object('special_tokens');
    const pieces = part.list('single', MOST_PIECES).map((given) => pieceOf(given, special));
    return (ids) => pieces.flatMap((piece) => (piece === null ? ids : piece));
  },
};

/** `["[CLS]", 101]`. */
function specialOf(part: JsonReader, key: string): number {
  const value = part.value(key);
  const id = Array.isArray(value) && value.length === 2 ? (value as unknown[])[1] : undefined;
  if (isId(id)) return id;
  throw part.refused(key, 'a token and its number', value);
}

const isId = (id: unknown): id is number =>
  typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < MAX_VOCABULARY;

/** Null for the text, else the tokens that are put there. */
function pieceOf(given: unknown, special: JsonReader): number[] | null {
  const piece = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (Object.hasOwn(piece, 'Sequence')) {
    const { id } = (piece.Sequence ?? {}) as { id?: unknown };
    if (id === 'A') return null;
    throw unsupported('a template of one text', 'the text A', id);
  }
  const { id: name } = (Object.hasOwn(piece, 'SpecialToken') ? (piece.SpecialToken ?? {}) : {}) as { id?: unknown };
  if (typeof name !== 'string') throw unsupported('a piece of a template', 'a text or a special token', given);
  const ids = special.object(name).list('ids', MOST_PIECES);
  if (ids.every(isId)) return [...ids];
  throw unsupported(`the special token ${name.slice(0, 40)}`, 'numbers of tokens', ids);
}
