import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import vectors from '../../vectors/tokenizers.json' with { type: 'json' };
import { TextStream, readTokenizer } from './index.ts';

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** A tokenizer with the words a, b and ab beside what is given. */
const made = (parts: object = {}, model: object = {}) => ({
  version: '1.0',
  added_tokens: [] as unknown[],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: { type: 'BPE', unk_token: '?', vocab: { a: 0, b: 1, ab: 2, '?': 3 }, merges: [['a', 'b']], ...model },
  ...parts,
});

const split = (Regex: string) => ({
  pre_tokenizer: { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false },
});
const added = (content: string, id: number, more: object = {}) => ({
  ...{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true, ...more },
});

describe('what Hugging Face’s tokenizers say', () => {
  it.each(vectors.map((one) => [one.name, one] as const))('%s', (_, { tokenizer: file, texts, tokens }) => {
    const tokenizer = readTokenizer(bytesOf(file));
    for (const [text, ids, whole, decoded, decodedWhole] of texts as [string, number[], number[], string, string][]) {
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.encode(text, { special: true })).toEqual(whole);
      expect(tokenizer.decode(ids)).toBe(decoded);
      expect(tokenizer.decode(whole, { special: true })).toBe(decodedWhole);
    }
    for (const [ids, decoded] of tokens as [number[], string][]) expect(tokenizer.decode(ids)).toBe(decoded);
  });
});

describe('a text in pieces', () => {
  const file = vectors.find(({ name }) => name.startsWith('GPT-2'))!.tokenizer;
  const tokenizer = readTokenizer(bytesOf(file));

  it('is the whole one, in whole characters, however many tokens they take', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const stream = new TextStream(tokenizer);
        const pieces = tokenizer.encode(text).map((id) => stream.add([id]));
        expect(pieces.every((piece) => text.includes('\ufffd') || !piece.includes('\ufffd'))).toBe(true);
        expect(pieces.join('') + stream.end()).toBe(tokenizer.decode(tokenizer.encode(text)));
      }),
      { seed: 1 },
    );
  });

  it('ends with what never became a character', () => {
    const [first] = tokenizer.encode('👍');
    const stream = new TextStream(tokenizer);
    expect(stream.add([first!])).toBe('');
    expect(stream.end()).toBe('\ufffd');
  });
});

const refused = (file: unknown, message: RegExp) => {
  const bytes = file instanceof Uint8Array ? file : bytesOf(file);
  expect(() => readTokenizer(bytes)).toThrow(expect.objectContaining({ code: 'PROTOCOL_UNSUPPORTED_TOKENIZER' }));
  expect(() => readTokenizer(bytes)).toThrow(message);
};

describe('what is refused', () => {
  it('is all that is no tokenizer', () => {
    refused(new Uint8Array([0xff]), /the tokenizer/);
    refused(new TextEncoder().encode('{'), /the tokenizer/);
    refused([], /tokenizer.json/);
    refused({ ...made(), version: '2.0' }, /version/);
    refused({ ...made(), model: null }, /model/);
    refused(made({}, { type: 'constructor' }), /type/);
    refused(made({}, { type: '__proto__' }), /type/);
    refused(made({}, { vocab: { a: 0, b: 0 } }), /number of "b"/);
    refused(made({}, { vocab: { a: 2 ** 20 } }), /number of "a"/);
    refused(made({}, { vocab: { '\ud800': 0 } }), /a token/);
    refused(made({}, { merges: [['a', 'c']] }), /a merge/);
    refused(made({}, { merges: ['a  b'] }), /a merge/);
    refused(made({}, { dropout: 0.1 }), /dropout/);
    refused(made({ added_tokens: [added('x', 9)] }), /number of the added token/);
    refused(made({ added_tokens: [added('', 4)] }), /an added token/);
    refused(made({ normalizer: { type: 'Other' } }), /type/);
    refused(made({ pre_tokenizer: { type: 'UnicodeScripts' } }), /type/);
    refused(made({}, { type: 'Unigram', vocab: [['a', null]] }), /entry of the vocabulary/);
    refused(made({ normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }), /precompiled/);
    refused(made({ post_processor: { type: 'BertProcessing', sep: ['a', 77], cls: ['a', 0] } }), /special token/);
  });

  it('is parts in parts without end', () => {
    let normalizer: object = { type: 'NFC' };
    for (let i = 0; i < 10_000; i++) normalizer = { type: 'Sequence', normalizers: [normalizer] };
    // JSON.stringify would run out of stack.
    const text = `{"model":{},"normalizer":${'{"type":"Sequence","normalizers":['.repeat(10_000)}null${']}'.repeat(10_000)}}`;
    refused(new TextEncoder().encode(text), /levels|sequence|normalizer/);
  });

  it('is a space before the first piece where nobody knows which that is', () => {
    const first = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false };
    refused(made({ pre_tokenizer: first, normalizer: { type: 'NFKC' } }), /first/);
    refused(
      made({ pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, first] } }),
      /first/,
    );
  });

  it.each([
    ...[
      '(a',
      'a)',
      '[a',
      '(?<n>a)',
      '(a)\\1',
      '\\K',
      '\\p{Nothing}',
      '(?=a*)',
      '(a*)*',
      'a{2000}',
      'a**',
      '(?i:ß)',
      '(?i:ss)',
    ],
    ...['(?i:\\p{L})', '(?<=ab)c', '[b-a]', '[[:nothing:]]', '\\', '(?m:.)', 'a{1}?', '((a{99}){99}){99}', '[]', '*'],
  ])('is the pattern %s', (pattern) => {
    refused(made(split(pattern)), /pattern/);
  });

  it('is a pattern that is too deep or too long', () => {
    refused(made(split('('.repeat(100) + ')'.repeat(100))), /groups in groups/);
    refused(made(split('a|'.repeat(5000))), /characters/);
  });

  it('is a text that is none, and one that is too long', () => {
    const tokenizer = readTokenizer(bytesOf(made()));
    const untokenizable = expect.objectContaining({ code: 'PROTOCOL_UNTOKENIZABLE' });
    expect(() => tokenizer.encode('a\ud800')).toThrow(untokenizable);
    expect(() => tokenizer.encode('\udc00a')).toThrow(untokenizable);
    expect(() => tokenizer.encode('a'.repeat(2 ** 24 + 1))).toThrow(untokenizable);
  });

  it('is a pattern that would take for ever', () => {
    const tokenizer = readTokenizer(bytesOf(made(split('(a|aa)+(a|aa)+$|a'))));
    expect(() => tokenizer.encode(`${'a'.repeat(5_000)}b`)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_UNTOKENIZABLE' }),
    );
  });

  it('is never another error, whatever stands in a file', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom('__proto__', -1, 1e99, '\u{1f600}', [], {}));
    const paths = pathsOf(vectors.map(({ tokenizer }) => tokenizer));
    fc.assert(
      fc.property(fc.constantFrom(...paths), value, fc.string(), ([at, ...path], replacement, text) => {
        const file = JSON.parse(JSON.stringify(vectors[Number(at)]!.tokenizer)) as object;
        put(file, path, replacement);
        try {
          const tokenizer = readTokenizer(bytesOf(file));
          tokenizer.decode(tokenizer.encode(text, { special: true }));
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(/^PROTOCOL_UN/);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});

/** Places of values in all of these, but within the lists and maps of tokens. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null || path.includes('vocab') || path.includes('merges')) return [path];
  const entries = Object.entries(value).slice(0, 12);
  return [...(path.length > 1 ? [path] : []), ...entries.flatMap(([key, one]) => pathsOf(one, [...path, key]))].filter(
    (one) => one.length > 1,
  );
}

function put(file: object, path: readonly string[], value: unknown): void {
  let at = file as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1)!] = value;
}

describe('edges of a model', () => {
  it('has names of objects as tokens', () => {
    const vocab = JSON.parse('{"__proto__": 0, "constructor": 1, "?": 2}') as object;
    const model = { type: 'WordLevel', unk_token: '?', vocab };
    const tokenizer = readTokenizer(
      new TextEncoder().encode(JSON.stringify(made({ pre_tokenizer: { type: 'WhitespaceSplit' } }, model))),
    );
    expect(tokenizer.encode('__proto__ constructor toString')).toEqual([0, 1, 2]);
  });

  it('numbers added tokens behind its own, and knows them whole', () => {
    const tokens = [added('<x>', 4), added('a', 0, { special: false })];
    const tokenizer = readTokenizer(bytesOf(made({ added_tokens: tokens })));
    expect(tokenizer.vocabulary).toBe(5);
    expect(tokenizer.encode('ab<x>b')).toEqual([0, 1, 4, 1]);
    expect(tokenizer.decode([0, 4, 1, 99])).toBe('ab');
    expect(tokenizer.decode([0, 4, 1], { special: true })).toBe('a<x>b');
  });

  it('says what has no token', () => {
    const word = { type: 'WordLevel', unk_token: 'none', vocab: { a: 0 } };
    expect(() => readTokenizer(bytesOf(made({}, word))).encode('b')).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_UNTOKENIZABLE' }),
    );
  });

  it('takes a long word in time that grows with its length', () => {
    const tokenizer = readTokenizer(bytesOf(made()));
    expect(tokenizer.encode('ab'.repeat(200_000))).toHaveLength(200_000);
  });
});
