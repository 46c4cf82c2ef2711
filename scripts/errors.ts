// docs/reference/errors.md from the tables of all packages and from what the contracts say; their words in other languages
// are judged. `--check` compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorKinds, readErrorWords, translations } from '@covey/errors';
import type { ErrorCatalogue, ErrorKind, ErrorRow } from '@covey/errors';
import { clientErrors } from '@covey/client';
import { contractErrors } from '@covey/contracts/abi/errors';
import { governanceErrors } from '@covey/governance';
import { exitCodeOfKind, nodeErrors } from '@covey/nodes';
import { protocolErrors } from '@covey/protocol';
import { serverErrors } from '@covey/server';
import { coreErrors } from '@covey/wasm-core';
import { webErrors } from '@covey/web/errors';
import { format } from 'prettier';
import { repositoryFiles } from './checks/repository-files.ts';
import { missingWords, wrongWords } from './error-words.ts';
import { root } from './process.ts';

const families: [string, string, Readonly<Record<string, ErrorRow>>][] = [
  ['Core', 'wasm-core/loader/errors.ts', coreErrors.rows],
  ['Protocol', 'protocol/src/errors.ts', protocolErrors.rows],
  ['Client', 'client/src/errors.ts', clientErrors.rows],
  ['Governance', 'governance/src/errors.ts', governanceErrors.rows],
  ['Nodes and command line', 'nodes/src/errors.ts', nodeErrors.rows],
  ['Server', 'server/src/errors.ts', serverErrors.rows],
  ['Web app', 'web/src/errors.ts', webErrors.rows],
];

/** A code that no source throws or looks for says what cannot happen; it is found here, since a key is no unused export. */
function requireUse(): void {
  const sources = repositoryFiles()
    .filter((path) => /\.(ts|vue)$/.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  for (const [, home, rows] of families) {
    const others = sources.filter(({ path }) => path !== home).map(({ text }) => text);
    const unused = Object.keys(rows).filter((code) => !others.some((text) => text.includes(code)));
    if (unused.length > 0) throw new Error(`nobody uses ${unused.join(', ')} of ${home}: remove them`);
  }
}

/** The kinds of errors and what follows from each. */
const kinds = [
  '| kind | meaning | exit code of `covey` | status of the API |',
  '|---|---|---|---|',
  ...Object.entries(errorKinds).map(
    ([kind, { meaning, status }]) => `| ${kind} | ${meaning} | ${exitCodeOfKind[kind as ErrorKind]} | ${status} |`,
  ),
].join('\n');

/** What contracts revert with: generated with the ABIs, from their NatSpec. */
function contractsText(): string {
  const entries = Object.entries(contractErrors).map(([name, { signature, contracts, meaning, action }]) => {
    const from = `\`${signature}\`, of ${contracts.join(', ')}.`;
    return `### ${name}\n\n${[meaning, ...(action === undefined ? [] : [action]), from].join('\n\n')}\n`;
  });
  const head = 'A contract’s refusal reaches a caller as `CONTRACT_REVERTED` with one of these names.';
  return `## Contracts\n\n${head} Defined in \`contracts/src\`.\n\n${entries.join('\n')}`;
}

function text(): string {
  const codes = new Set<string>();
  const parts = families.map(([title, home, rows]) => {
    const entries = Object.entries(rows).map(([code, { kind, meaning, action, retryable }]) => {
      if (codes.has(code)) throw new Error(`two packages have the code ${code}`);
      codes.add(code);
      const again = (retryable ?? kind === 'unreachable') ? ', worth trying again' : '';
      return `### ${code}\n\n${meaning} (${kind}${again})\n\n${action}\n`;
    });
    return `## ${title}\n\nDefined in \`${home}\`.\n\n${entries.join('\n')}`;
  });
  const head = `# Errors

Every error of every package is a \`CoveyError\` with a stable \`code\`, what was expected, what came and what to do. This
page is generated from the packages' tables, and from the contracts, by \`node scripts/errors.ts\`.

${kinds}
`;
  return `${head}\n${[...parts, contractsText()].join('\n')}`;
}

/** Every code and every contract's error has its words in each language; what is gone has none. */
async function requireWords(): Promise<void> {
  const english: ErrorCatalogue = Object.assign({}, ...families.map(([, , rows]) => rows), contractErrors);
  for (const language of translations) {
    const catalogue = await readErrorWords(language);
    const home = `errors/locales/${language}.json`;
    const wrong = wrongWords(language, english, catalogue);
    if (wrong.length > 0) throw new Error(`${home}: ${wrong.join('; ')}`);
    const missing = missingWords(english, catalogue);
    if (missing.length > 0) throw new Error(`${home} lacks ${missing.join(', ')}`);
  }
}

requireUse();
await requireWords();
const file = join(root, 'docs', 'reference', 'errors.md');
const made = await format(text(), { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' });
if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== made) {
    console.error('docs/reference/errors.md is stale. Run `node scripts/errors.ts` and commit.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, made);
}
