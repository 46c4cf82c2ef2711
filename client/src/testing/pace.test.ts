import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { pace, scaled } from './pace.ts';

it('stretches deadlines, never shortens them, and not without end', () => {
  expect(pace()).toBeGreaterThanOrEqual(1);
  expect(pace()).toBeLessThanOrEqual(30);
  expect(scaled(1_000)).toBe(Math.ceil(1_000 * pace()));
});

it('sees that others use the machine', async () => {
  const busy = Array.from({ length: 6 * availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  try {
    // A run queue of six a core: whatever the machine was before, three loops in a row do not take their own time.
    await expect.poll(() => pace(), { interval: 500 }).toBeGreaterThan(2);
  } finally {
    for (const process of busy) process.kill('SIGKILL');
    await sleep(0);
  }
});
