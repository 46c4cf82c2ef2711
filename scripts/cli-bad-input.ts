// docs/reference/cli-bad-input.md: every command with wrong input, and what it answers, by running it in this process. No
// chain is needed: an endpoint that knows its chain's number answers, and one that nobody serves. `--check` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { answersOf, type Answer } from './cli-bad-input/answers.ts';
import { root } from './process.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', '<br>');

const shown = (typed: string): string => `\`covey ${typed.replaceAll('|', '\\|')}\``;

const rows = (answers: readonly Answer[]): string =>
  [
    '| typed | exit | answer |',
    '|---|---|---|',
    ...answers.map(
      ({ typed, code, answer }) => `| ${typed.split('\n').map(shown).join('<br>')} | ${code} | ${cell(answer)} |`,
    ),
  ].join('\n');

/** Command lines that are answered alike stand in one row. */
function together(answers: readonly Answer[]): Answer[] {
  const groups = Map.groupBy(answers, ({ code, answer }) => `${code} ${answer}`);
  return [...groups.values()].map((alike) => ({ ...alike[0]!, typed: alike.map(({ typed }) => typed).join('\n') }));
}

const { shared, own, opened, common } = await answersOf();
const text = `# Wrong input on the command line

What each command answers to what is wrong, made by running it: \`node scripts/cli-bad-input.ts\`. Each answer is an error of
[errors.md](errors.md) with its code, what was expected, what came and what to do; \`exit\` is the exit code, and \`--json\`
gives the same as JSON. What contracts refuse is told with their errors, in units of people; other input that is bad, and
what it is answered with: [bad-input.md](bad-input.md).

<!-- prettier-ignore-start -->

## Whatever the command

${rows(common)}

## Options that several commands take

${rows(shared)}

## No chain behind the endpoint

${rows(together(opened))}

## Each command

${own
  .filter(([, answers]) => answers.length > 0)
  .map(([name, answers]) => `### covey ${name}\n\n${rows(answers)}`)
  .join('\n\n')}

<!-- prettier-ignore-end -->
`;

const file = join(root, 'docs', 'reference', 'cli-bad-input.md');
const made = await format(text, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' });
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== made) {
    console.error('docs/reference/cli-bad-input.md is stale. Run `node scripts/cli-bad-input.ts` and commit.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, made);
}
