import { fromByteLetters } from './byte-letters.ts';
import { readPart, type JsonReader } from './json-reader.ts';
import { schemeOf } from './pre-tokenize.ts';
import { readFinder, replaceAll } from './replace.ts';

/** Makes parts of a text of tokens; the text is all of them. */
export type Decoder = (tokens: readonly string[]) => readonly string[];

/** A decoder of `tokenizer.json`; without one tokens stand apart by spaces. */
export function readDecoder(given: unknown): Decoder | undefined {
  return given === undefined || given === null ? undefined : readPart(given, 'decoder', table);
}

const table: Readonly<Record<string, (part: JsonReader, nested: (key: string) => Decoder[]) => Decoder>> = {
  Sequence: (_, nested) => {
    const all = nested('decoders');
    return (tokens) => all.reduce((so, one) => one(so), tokens);
  },
  ByteLevel: () => (tokens) => [lossy(tokens.map(fromByteLetters))],
  WordPiece: (part) => {
    const prefix = part.text('prefix');
    const isClean = part.flag('cleanup');
    return (tokens) =>
      tokens.map((token, i) => {
        const joined = i === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        return isClean ? cleaned(joined) : joined;
      });
  },
  Metaspace: (part) => {
    const replacement = part.character('replacement');
    const dropsFirst = schemeOf(part) !== 'never';
    return (tokens) => tokens.map((token, i) => token.replaceAll(replacement, i === 0 && dropsFirst ? '' : ' '));
  },
  BPEDecoder: (part) => {
    const suffix = part.text('suffix');
    return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, () => (i + 1 === tokens.length ? '' : ' ')));
  },
  CTC: (part) => {
    const [pad, word, isClean] = [part.text('pad_token'), part.text('word_delimiter_token'), part.flag('cleanup')];
    return (tokens) =>
      tokens
        .filter((token, i) => token !== tokens[i - 1])
        .map((token) => replaced(token, pad, ''))
        .map((token) => (isClean ? replaced(cleaned(token), word, ' ') : token))
        .filter((token) => token !== '');
  },
  Replace: (part) => {
    const find = readFinder(part);
    const by = part.text('content');
    return (tokens) => tokens.map((token) => replaceAll(token, find, by));
  },
  Fuse: () => (tokens) => [tokens.join('')],
  Strip: (part) => {
    const content = part.character('content');
    const [start, stop] = [part.integer('start', { most: 4096 }), part.integer('stop', { most: 4096 })];
    return (tokens) => tokens.map((token) => strip(token, content, start, stop));
  },
  ByteFallback: () => fallBack,
};

const replaced = (text: string, sought: string, by: string) => text.replaceAll(sought, () => by);

/** Bytes that are no UTF-8 become U+FFFD, by the rule that the Encoding Standard and Rust share. */
function lossy(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let said = '';
  for (const piece of pieces) said += decoder.decode(piece, { stream: true });
  return said + decoder.decode();
}

const english = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
] as const;

/** Spaces that English does not write. */
const cleaned = (text: string): string => english.reduce((so, [sought, by]) => so.replaceAll(sought, by), text);

function strip(token: string, content: string, start: number, stop: number): string {
  const characters = [...token];
  let from = 0;
  while (from < Math.min(start, characters.length) && characters[from] === content) from++;
  let to = characters.length;
  for (let i = 0; i < stop && to > from && characters[to - 1] === content; i++) to--;
  return characters.slice(from, to).join('');
}

function fallBack(tokens: readonly string[]): string[] {
  const said: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      said.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      said.push(...bytes.map(() => '\ufffd'));
    }
    bytes = [];
  };
  for (const token of tokens) {
    const [, hex] = /^<0x(\+?[0-9A-Fa-f]{1,2})>$/.exec(token) ?? [];
    if (hex?.length === 2) bytes.push(Number.parseInt(hex, 16));
    else {
      flush();
      said.push(token);
    }
  }
  flush();
  return said;
}
