// docs/guides/roles: plays the roles on a fast developer chain, once in each language, and writes what their terminals showed
// into the guides, with tables of governed numbers.
//   node scripts/guides.ts                    all of it, about ten minutes a language; the ports of `npm run dev` must be free
//   node scripts/guides.ts --lang zh-Hans     one language
//   node scripts/guides.ts --again            what was played last is written again, from .covey/guides
//   node scripts/guides.ts --numbers          the tables alone
//   node scripts/guides.ts --examples FOLDER  writes the files that the guides begin with
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { withBlocks } from './guides/blocks.ts';
import { guideLanguages, numbersTable, type GuideLanguage } from './guides/numbers.ts';
import { guideFile } from './guides/guide-file.ts';
import { play, writeExamples, type Transcripts } from './guides/play.ts';
import { guideNames } from './guides/steps.ts';
import { root } from './process.ts';

const { values: options } = parseArgs({
  options: {
    lang: { type: 'string' },
    again: { type: 'boolean' },
    numbers: { type: 'boolean' },
    examples: { type: 'string' },
  },
});
const say = (line: string) => process.stderr.write(`${line}\n`);

if (options.examples) writeExamples(options.examples);
else
  for (const language of guideLanguages) {
    if (options.lang !== undefined && options.lang !== language) continue;
    await write(language, options.numbers ? {} : await played(language));
  }

async function played(language: GuideLanguage): Promise<Transcripts> {
  const kept = join(root, '.covey', 'guides', `${language}.json`);
  if (options.again) return JSON.parse(readFileSync(kept, 'utf8')) as Transcripts;
  const folder = mkdtempSync(join(tmpdir(), 'covey-guides-'));
  try {
    const transcripts = await play(folder, language, say);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, JSON.stringify(transcripts, null, 2));
    return transcripts;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function write(language: GuideLanguage, transcripts: Transcripts): Promise<void> {
  for (const guide of guideNames) {
    const path = guideFile(guide, language);
    if (!existsSync(path)) continue;
    const text = withBlocks(readFileSync(path, 'utf8'), ({ kind, name }) =>
      kind === 'numbers' ? numbersTable(guide, language) : transcripts[name],
    );
    writeFileSync(path, await format(text, { parser: 'markdown', printWidth: 120 }));
    say(`wrote ${relative(root, path)}`);
  }
}
