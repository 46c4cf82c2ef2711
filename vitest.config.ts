import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{errors,wasm-core,protocol,client,governance,nodes,server,web,scripts,contracts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
