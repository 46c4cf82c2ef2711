#!/usr/bin/env node
// Starts the CLI on a Node that can run TypeScript: this one, or the pinned Node 24 of the installation.
// Plain JavaScript, so that it starts on any Node >= 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const [major] = process.versions.node.split('.').map(Number);

if (process.features.typescript && major >= 24) {
  await import(new URL('../src/cli/main.ts', import.meta.url).href);
} else {
  const node = pinnedNode();
  if (!node) {
    process.stderr.write(`covey needs Node 24; this is ${process.version}. Install one, or run \`npm ci\` first.\n`);
    process.exit(1);
  }
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  child.on('error', (error) => {
    process.stderr.write(`the pinned Node could not be started: ${error.message}\n`);
    process.exit(1);
  });
}

/** node_modules/.bin/node of the nearest installation above this file. */
function pinnedNode() {
  for (let folder = dirname(main); ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(node)) return node;
    if (dirname(folder) === folder) return null;
  }
}
