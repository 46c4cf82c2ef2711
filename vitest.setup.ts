// Before each test file: deadlines as long as the machine needs at this moment.
import { inject, vi } from 'vitest';
import { scaled } from '@covey/client/testing/pace';

declare module 'vitest' {
  interface ProvidedContext {
    /** Deadlines that suit an idle machine, in milliseconds. */
    patience: { test: number; hook: number; poll: number };
  }
}

const { test, hook, poll } = inject('patience');
vi.setConfig({
  testTimeout: scaled(test),
  hookTimeout: scaled(hook),
  expect: { poll: { timeout: scaled(poll) } },
});
