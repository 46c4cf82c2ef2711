import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    root: fileURLToPath(new URL('..', import.meta.url)),
    // One world for all: the tests follow each other.
    fileParallelism: false,
    pool: 'forks',
    setupFiles: ['./vitest.setup.ts'],
    provide: { patience: { test: 240_000, hook: 600_000, poll: 60_000 } },
  },
});
