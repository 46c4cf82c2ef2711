import { MAX_DATA_BYTES, decodeDataDescription, vocabularyOf } from '@covey/protocol';
import {
  byteTokens,
  decodeArchitecture,
  tokenizerNamed,
  tokenizerTokens,
  type TextTokens,
} from '@covey/protocol/inference';
import { MAX_TOKENIZER_BYTES, readTokenizer, type Tokenizer } from '@covey/protocol/tokenizer';
import type { ContentReader } from '../content/content-store.ts';

/** The tokenizer at a CID; every byte is hashed against it. */
export async function fetchTokenizer(reader: ContentReader, cid: string): Promise<Tokenizer> {
  return readTokenizer(await reader.get(cid, { maxBytes: MAX_TOKENIZER_BYTES }));
}

/**
 * How texts are tokens of the network that this task document or network document is of: by the tokenizer that it or its data
 * description names, else as bytes where it has 256 tokens; null where nobody says it.
 */
export async function readTextTokens(reader: ContentReader, network: string): Promise<TextTokens | null> {
  const document = await reader.get(network);
  const { tokenizer, data } = tokenizerNamed(document);
  if (tokenizer !== undefined) return tokenizerTokens(await fetchTokenizer(reader, tokenizer));
  if (data !== undefined) {
    const description = decodeDataDescription(await reader.get(data, { maxBytes: MAX_DATA_BYTES }));
    if (description.kind === 'text' && description.tokens !== 'bytes')
      return tokenizerTokens(await fetchTokenizer(reader, description.tokens.tokenizer));
  }
  return vocabularyOf(decodeArchitecture(document)) === 256 ? byteTokens : null;
}
