import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    root: fileURLToPath(new URL('..', import.meta.url)),
    // Each file has a world of its own, which waits for blocks much of its time.
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: ['./vitest.setup.ts'],
    provide: { patience: { test: 240_000, hook: 1_200_000, poll: 60_000 } },
  },
});
