/** Texts as tokens of a model and back, by the `tokenizer.json` that came with it. */
export { MAX_TOKENIZER_BYTES, Tokenizer, readTokenizer } from './tokenizer.ts';
export { TextStream } from './text-stream.ts';
