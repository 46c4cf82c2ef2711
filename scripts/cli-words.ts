// The words of the command line in other languages: `node scripts/cli-words.ts` lists what lacks a translation and what
// has one for nothing; `--strict` fails on it, and `--prune` removes the latter.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { translations } from '@covey/errors';
import { extractWords, sentencesOfOthers, wordsOfProgram } from './cli-words/extract.ts';
import { judge } from './cli-words/judge.ts';
import { repositoryFiles } from './checks/repository-files.ts';
import { root } from './process.ts';

const sections = ['phrases', 'lines', 'errors'] as const;
const sources = repositoryFiles()
  .filter(
    (path) =>
      /^(?:errors|protocol|client|governance|nodes)\/src\/.*\.ts$/.test(path) &&
      !/\.test\.ts$|\/testing\/|\/experiments\//.test(path),
  )
  .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);

const used: Record<(typeof sections)[number], Set<string>> = {
  phrases: new Set(wordsOfProgram()),
  lines: new Set(),
  errors: new Set(sentencesOfOthers),
};
for (const [path, text] of sources) {
  const found = extractWords(path, text);
  for (const section of sections) for (const key of found[section]) used[section].add(key);
}

const strict = process.argv.includes('--strict');
const prune = process.argv.includes('--prune');
for (const language of translations) {
  const path = `nodes/src/cli/locales/${language}.json`;
  const words = JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, Record<string, string>>;
  for (const section of sections) {
    const { lacking, stale, wrong } = judge(language, section, used[section], words[section]!);
    for (const key of lacking) console.log(`${path}: ${section} lacks ${JSON.stringify(key)}`);
    for (const key of prune ? [] : stale)
      console.log(`${path}: ${section}: nobody says ${JSON.stringify(key)} any more`);
    for (const problem of wrong) console.error(`${path}: ${section}: ${problem}`);
    if (wrong.length > 0 || (strict && lacking.length + stale.length > 0)) process.exitCode = 1;
    words[section] = Object.fromEntries(Object.entries(words[section]!).filter(([key]) => !stale.includes(key)));
  }
  if (prune) writeFileSync(join(root, path), `${JSON.stringify(words, null, 2)}\n`);
}
