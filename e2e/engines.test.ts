import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Hashes } from '../scripts/engines/battery.ts';
import { engines } from '../scripts/engines/engines.ts';

const golden = JSON.parse(readFileSync(new URL('../scripts/engines/golden.json', import.meta.url), 'utf8')) as Hashes;

it.each([
  ['Chromium', 1],
  ['Chromium, 2 threads', 2],
])('%s computes the committed bits', async (name, threads) => {
  const report = await engines.find((engine) => engine.name === name)!.run();
  expect(report.threads).toBe(threads);
  const { scorer: _, ...hashes } = report.hashes;
  expect(hashes).toEqual(golden);
});
