// The words of the command line in other languages: `node scripts/cli-words.ts` lists what lacks a translation and what
// has one for nothing; `--check` fails on it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { translations } from '@covey/errors';
import { extractWords, sentencesOfOthers, wordsOfProgram } from './cli-words/extract.ts';
import { judge, type CliWords } from './cli-words/judge.ts';
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

let missing = 0;
for (const language of translations) {
  const path = `nodes/src/cli/locales/${language}.json`;
  const words = JSON.parse(readFileSync(join(root, path), 'utf8')) as CliWords;
  for (const section of sections) {
    const { lacking, wrong } = judge(language, used[section], words[section] ?? {});
    missing += lacking.length;
    for (const key of lacking) console.log(`${path}: ${section} lacks ${JSON.stringify(key)}`);
    for (const problem of wrong) {
      console.error(`${path}: ${section}: ${problem}`);
      process.exitCode = 1;
    }
  }
}
if (missing > 0 && process.argv.includes('--strict')) process.exitCode = 1;
