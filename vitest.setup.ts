// Before each test file: deadlines as long as the machine needs at this moment.
import { inject, vi } from 'vitest';
import { scaled } from '@covey/client/testing/pace';

/** However slow the machine is: a test that hangs ends within this. */
const longestMs = 30 * 60_000;
const patient = (milliseconds: number): number => Math.min(longestMs, scaled(milliseconds));

declare module 'vitest' {
  interface ProvidedContext {
    /** Deadlines that suit an idle machine, in milliseconds. */
    patience: { test: number; hook: number; poll: number };
  }
}

const { test, hook, poll } = inject('patience');
vi.setConfig({
  testTimeout: patient(test),
  hookTimeout: patient(hook),
  expect: { poll: { timeout: patient(poll) } },
});
