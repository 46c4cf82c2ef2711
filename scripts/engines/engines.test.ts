import { readFileSync } from 'node:fs';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { runBattery, type Hashes } from './battery.ts';

const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Hashes;

it('Node computes the committed bits', async () => {
  const { scorer, ...hashes } = await runBattery(await loadNodeCore());
  expect(scorer).toMatch(/^0x[0-9a-f]{64}$/);
  expect(hashes).toEqual(golden);
});
