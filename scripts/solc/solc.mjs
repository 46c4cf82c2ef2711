#!/usr/bin/env node
// A `solc` for Foundry over the npm package `solc` (soljson): answers `--version` and `--standard-json`.
// It needs nothing but the installed package, so that building contracts downloads no compiler.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

if (process.argv.includes('--version')) {
  // From package.json, for loading the compiler takes a second and Foundry asks several times a run.
  const { version } = require('solc/package.json');
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (process.argv.includes('--standard-json')) {
  const input = JSON.parse(readFileSync(0, 'utf8'));
  const contents = new Map();
  for (const [path, source] of Object.entries(input.sources ?? {})) {
    if (typeof source.content !== 'string') continue;
    // soljson copies its input onto the wasm stack and dies ("memory access out of bounds") when it is large, so the
    // sources go through the import callback. The output is byte-identical.
    contents.set(path, source.content);
    input.sources[path] = { urls: [path] };
  }
  const read = (path) =>
    contents.has(path) ? { contents: contents.get(path) } : { error: `not among the sources given: ${path}` };
  process.stdout.write(require('solc').compile(JSON.stringify(input), { import: read }));
} else {
  process.stderr.write('solc wrapper: expected --version or --standard-json\n');
  process.exitCode = 1;
}
