import { TextStream, type Tokenizer } from '../tokenizer/index.ts';
import { textOfTokens, tokensOfText } from './texts.ts';

/** How texts are tokens of a model, and tokens texts. */
export interface TextTokens {
  /** Of a text alone. */
  bare(text: string): number[];
  /** Of a text to go on with: with what its tokenizer puts before one. */
  prompt(text: string): number[];
  /** Of a whole text: with what its tokenizer puts around one. */
  whole(text: string): number[];
  text(tokens: readonly number[]): string;
  /** Whole characters as tokens come, and at the end what is left. */
  stream(): { add(tokens: readonly number[]): string; end(): string };
  /** Tokens behind which nothing follows. */
  ends: readonly number[];
}

/** A model of bytes takes a text as its UTF-8. */
export const byteTokens: TextTokens = {
  bare: tokensOfText,
  prompt: tokensOfText,
  whole: tokensOfText,
  text: textOfTokens,
  stream() {
    const decoder = new TextDecoder();
    return {
      add: (tokens) => decoder.decode(Uint8Array.from(tokens), { stream: true }),
      end: () => decoder.decode(),
    };
  },
  ends: [],
};

/** What models that are in use say where they are done; `tokenizer.json` does not name it. */
const endNames = ['</s>', '<|endoftext|>', '<|end_of_text|>', '<|eot_id|>', '<|im_end|>', '<end_of_turn>', '<eos>'];

export const tokenizerTokens = (tokenizer: Tokenizer): TextTokens => ({
  bare: (text) => tokenizer.encode(text),
  prompt: (text) => tokenizer.encode(text, { special: 'before' }),
  whole: (text) => tokenizer.encode(text, { special: true }),
  text: (tokens) => tokenizer.decode(tokens),
  stream: () => new TextStream(tokenizer),
  ends: endNames.map((name) => tokenizer.idOf(name)).filter((id) => id !== undefined),
});
