// Tokenizers of every kind, made on the fly, against Hugging Face's own code: the same numbers and the same decoded texts.
//   python3 -m venv .covey/hf && .covey/hf/bin/pip install tokenizers==0.23.3 sentencepiece
//   node scripts/interop/tokenizers.ts .covey/hf/bin/python [60 tokenizers] [100 texts of each] [seed]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCoveyError } from '@covey/errors';
import { TextStream, readTokenizer, type Tokenizer } from '@covey/protocol/tokenizer';
import { root } from '../process.ts';

const [python = 'python3', count = '60', texts = '100', seed = '1', kept] = process.argv.slice(2);
const folder = kept ?? mkdtempSync(join(tmpdir(), 'covey-tokenizers-'));

type Encoded = [text: string, ids: number[], whole: number[], decoded: string, decodedWhole: string];
type Expected = Encoded | [text: string, error: string] | [ids: number[], decoded: string];

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** What differs from what is expected; null where nothing does. */
function difference(tokenizer: Tokenizer, expected: Expected): object | null {
  if (expected.length === 2 && Array.isArray(expected[0])) {
    const [ids, decoded] = expected;
    const got = tokenizer.decode(ids, {});
    return got === decoded ? null : { ids, expected: decoded, got };
  }
  if (expected.length === 2) {
    const [text, error] = expected;
    try {
      return { text, expected: error, got: tokenizer.encode(text as string) };
    } catch (thrown) {
      if (isCoveyError(thrown)) return null;
      throw thrown;
    }
  }
  const [text, ids, whole, decoded, decodedWhole] = expected;
  const got = tokenizer.encode(text);
  if (!same(got, ids)) return { text, expected: ids, got };
  const all = tokenizer.encode(text, { special: true });
  if (!same(all, whole)) return { text, expected: whole, got: all };
  const said = tokenizer.decode(ids);
  if (said !== decoded) return { text, ids, expected: decoded, got: said };
  const saidAll = tokenizer.decode(whole, { special: true });
  if (saidAll !== decodedWhole) return { text, ids: whole, expected: decodedWhole, got: saidAll };
  return null;
}

/** Whether texts come out of a stream as they do at once; what is cut within a character is told apart by U+FFFD alone. */
function streams(tokenizer: Tokenizer, ids: readonly number[]): boolean {
  const stream = new TextStream(tokenizer);
  const said = ids.map((id) => stream.add([id])).join('') + stream.end();
  const whole = tokenizer.decode(ids);
  return said === whole || whole.includes('\ufffd');
}

const totals = { tokenizers: 0, refused: 0, texts: 0, errors: 0, streams: 0, different: 0 };

try {
  if (kept === undefined || readdirSync(folder).length === 0)
    execFileSync(python, [join(root, 'scripts/interop/make_tokenizers.py'), 'make', folder, count, texts, seed], {
      stdio: 'inherit',
    });
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.expected.json'))) {
    const path = join(folder, file.replace('.expected', ''));
    const all = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Expected[];
    let tokenizer: Tokenizer;
    try {
      tokenizer = readTokenizer(readFileSync(path));
    } catch (error) {
      if (!isCoveyError(error)) throw error;
      totals.refused++;
      process.stdout.write(`${file} refused: ${error.message}, got ${error.got}\n`);
      continue;
    }
    totals.tokenizers++;
    let shown = 0;
    for (const expected of all) {
      totals.texts++;
      let found: object | null;
      try {
        found = difference(tokenizer, expected);
        if (found === null && expected.length === 5 && !streams(tokenizer, expected[1])) totals.streams++;
      } catch (error) {
        if (!isCoveyError(error)) throw error;
        found = { text: expected[0], expected: expected[1], got: error.message };
        totals.errors++;
      }
      if (found === null) continue;
      totals.different++;
      if (shown++ < 2) process.stdout.write(`${file}: ${JSON.stringify(found).slice(0, 1500)}\n`);
    }
  }
  process.stdout.write(`${JSON.stringify(totals)}\n`);
  process.exitCode = totals.tokenizers > 0 && totals.different === 0 && totals.streams === 0 ? 0 : 1;
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true });
}
