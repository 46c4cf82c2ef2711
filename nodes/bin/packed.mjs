#!/usr/bin/env node
// `covey` as it is installed: bundled JavaScript (scripts/pack.ts puts this file beside it). It imports nothing that an
// old Node lacks, so that one is told what is wrong.
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const [least] = /\d+/.exec(engines.node);
if (Number.parseInt(process.versions.node, 10) < Number(least)) {
  process.stderr.write(`covey needs Node ${least} or newer; this is ${process.version}. Install a newer Node.\n`);
  process.exitCode = 1;
} else {
  await import('../dist/main.js');
}
