import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** `COVEY_API` names a running server for `vite dev`; the built app is served by the server itself. */
const server = process.env['COVEY_API'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: here('.'),
  plugins: [vue()],
  resolve: { alias: { '@': here('./src') } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
  },
  worker: { format: 'es' },
  // The wasm core is fetched as a file, so that its SHA-256 can be compared with the hash that the DAO approved.
  assetsInclude: ['**/*.wasm'],
  build: { outDir: here('./dist'), emptyOutDir: true, target: 'es2022', sourcemap: false, assetsInlineLimit: 0 },
  server: {
    proxy: Object.fromEntries(['/api', '/ipfs', '/snapshot', '/graphql'].map((path) => [path, { target: server }])),
  },
});
