import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [vue()],
  assetsInclude: ['**/*.wasm'],
  test: {
    include: ['{errors,wasm-core,protocol,client,governance,nodes,server,web,scripts,contracts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['./vitest.setup.ts'],
    provide: { patience: { test: 240_000, hook: 240_000, poll: 60_000 } },
    pool: 'forks',
    maxWorkers: 2,
  },
});
