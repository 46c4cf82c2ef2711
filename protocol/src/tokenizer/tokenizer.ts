import { AddedTokens } from './added-tokens.ts';
import { readBytePair } from './byte-pair.ts';
import { readDecoder, type Decoder } from './decode.ts';
import { untokenizable } from './errors.ts';
import { JsonReader, unsupported } from './json-reader.ts';
import type { TokenModel } from './model.ts';
import { readNormalizer } from './normalize.ts';
import { readPostProcessor, type PostProcessor } from './post-process.ts';
import { readPreTokenizer, requireFirst, type PreTokenizer } from './pre-tokenize.ts';
import { isWellFormed } from './unicode.ts';
import { readUnigram } from './unigram.ts';
import { readWordLevel, readWordPiece } from './words.ts';

/** The largest `tokenizer.json`; Gemma's has 33 MB. */
export const MAX_TOKENIZER_BYTES = 64 * 2 ** 20;
/** UTF-16 units of a text that is tokenized at once. */
const MAX_TEXT_UNITS = 2 ** 24;

/** Stands for a text. */
const NO_TOKEN = -1;

const models: Readonly<Record<string, (model: JsonReader) => TokenModel>> = {
  BPE: readBytePair,
  Unigram: readUnigram,
  WordPiece: readWordPiece,
  WordLevel: readWordLevel,
};

/** Texts as tokens and back, as Hugging Face's `tokenizers` 0.23 does it, in every engine alike. */
export class Tokenizer {
  /** One more than the largest number of a token. */
  readonly vocabulary: number;
  readonly #model: TokenModel;
  readonly #added: AddedTokens;
  readonly #preTokenizer: PreTokenizer | undefined;
  readonly #postProcessor: PostProcessor | undefined;
  readonly #decoder: Decoder | undefined;

  /** What `tokenizer.json` says. Throws PROTOCOL_UNSUPPORTED_TOKENIZER for what would be tokenized otherwise here. */
  constructor(file: JsonReader) {
    if (file.has('version') && file.text('version') !== '1.0')
      throw file.refused('version', '1.0', file.value('version'));
    const model = file.object('model');
    const normalizer = readNormalizer(file.value('normalizer'));
    this.#model = modelOf(model);
    this.#preTokenizer = readPreTokenizer(file.value('pre_tokenizer'));
    this.#postProcessor = readPostProcessor(file.value('post_processor'));
    this.#decoder = readDecoder(file.value('decoder'));
    requireFirst(this.#preTokenizer, normalizer?.keepsStart ?? true);
    this.#added = AddedTokens.read(file.value('added_tokens'), this.#model, normalizer);
    let { most } = this.#model;
    for (const id of this.#added.ids) most = Math.max(most, id);
    this.vocabulary = most + 1;
    for (const id of this.#postProcessor?.([]) ?? [])
      if (id >= this.vocabulary) throw unsupported('a special token', `numbers below ${this.vocabulary}`, id);
  }

  /**
   * Numbers of a text; with `special`, those that the tokenizer puts around one too, or only those before it. Throws PROTOCOL_UNTOKENIZABLE for what is no
   * text, is too long, or has no tokens. Lengths and paddings that the file asks for are left out: windows are the model's.
   */
  encode(text: string, { special = false }: { special?: boolean | 'before' } = {}): number[] {
    if (text.length > MAX_TEXT_UNITS)
      throw untokenizable('the text is too long', {
        expected: `at most ${MAX_TEXT_UNITS} UTF-16 units`,
        got: `${text.length}`,
      });
    if (!isWellFormed(text))
      throw untokenizable('the text holds half of a surrogate pair', { expected: 'whole characters' });
    const ids: number[] = [];
    for (const part of this.#added.extract(text)) {
      if (part.id !== undefined) {
        ids.push(part.id);
        continue;
      }
      for (const piece of this.#preTokenizer?.split([part]) ?? [part]) this.#model.encode(piece.text, ids);
    }
    if (!special || !this.#postProcessor) return ids;
    return special === true ? [...this.#postProcessor(ids)] : [...this.#before(this.#postProcessor), ...ids];
  }

  #before(process: PostProcessor): readonly number[] {
    const around = process([NO_TOKEN]);
    return around.slice(0, Math.max(0, around.indexOf(NO_TOKEN)));
  }

  /** The text of numbers; with `special`, special tokens are part of it. Numbers without a token are left out. */
  decode(ids: Iterable<number>, { special = false }: { special?: boolean } = {}): string {
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.#added.tokenOf(id) ?? this.#model.tokenOf(id);
      if (token !== undefined && (special || !this.#added.isSpecial(token))) tokens.push(token);
    }
    return this.#decoder ? this.#decoder(tokens).join('') : tokens.join(' ');
  }

  /** Whether decoded texts leave this token out. */
  isSpecial(id: number): boolean {
    const token = this.#added.tokenOf(id) ?? this.#model.tokenOf(id);
    return token === undefined || this.#added.isSpecial(token);
  }

  /** The number of a token by its content. */
  idOf(token: string): number | undefined {
    return this.#added.idOf(token) ?? this.#model.idOf(token);
  }
}

function modelOf(model: JsonReader): TokenModel {
  const type = model.text('type');
  if (!Object.hasOwn(models, type)) throw model.refused('type', Object.keys(models).join(', '), type);
  return models[type]!(model);
}

/** Reads `tokenizer.json`. Throws PROTOCOL_TOO_LARGE or PROTOCOL_UNSUPPORTED_TOKENIZER. */
export function readTokenizer(bytes: Uint8Array): Tokenizer {
  if (bytes.length > MAX_TOKENIZER_BYTES)
    throw unsupported('the tokenizer', `at most ${MAX_TOKENIZER_BYTES} bytes`, bytes.length);
  let file: unknown;
  try {
    file = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw unsupported('the tokenizer', 'JSON in UTF-8, as `tokenizer.json` is', 'other bytes');
  }
  return new Tokenizer(new JsonReader(file, 'tokenizer.json'));
}
