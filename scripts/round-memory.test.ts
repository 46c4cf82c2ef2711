import { expect, it } from 'vitest';
import { run } from './process.ts';

it('the memory of a round does not grow with the models that small files stand for', async () => {
  const { stdout, stderr } = await run(process.execPath, [
    'scripts/round-memory.ts',
    ...['--submissions', '100', '--width', '1000'],
  ]);
  const { parameters, beforeMiB, peakMiB } = JSON.parse(stdout || stderr) as Record<string, number>;
  // A hundred of a million values: 382 MiB, were they decoded at once.
  expect(parameters).toBeGreaterThan(1_000_000);
  expect(peakMiB! - beforeMiB!).toBeLessThan(250);
});
