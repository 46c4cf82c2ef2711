import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { root } from '../process.ts';
import type { Hashes } from './battery.ts';

export interface Report {
  threads: number;
  hashes: Hashes;
}

/** Bare names of modules, which workers cannot look up in an import map. */
const modules: Record<string, string> = {
  '@covey/errors': '/errors/src/index.ts',
  '@covey/wasm-core': '/wasm-core/loader/index.ts',
  '@covey/wasm-core/models/network-hashes': '/wasm-core/models/network-hashes.ts',
  '@noble/hashes/sha2.js': '/node_modules/@noble/hashes/sha2.js',
  '@noble/hashes/utils.js': '/node_modules/@noble/hashes/utils.js',
};
const folders = ['errors', 'wasm-core', 'scripts/engines', 'node_modules/@noble/hashes'];
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** Serves a page that runs the battery in a worker, from the sources as they are; `report` is what it sends back. */
export async function servePage(threads: number): Promise<{ url: string; report: Promise<Report>; close(): void }> {
  let deliver: (report: Report) => void;
  let fail: (error: Error) => void;
  const report = new Promise<Report>((resolve, reject) => ([deliver, fail] = [resolve, reject]));
  // Whoever gave up waiting is not told of a later failure.
  report.catch(() => undefined);
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    if (request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        const got = JSON.parse(body) as Report & { error?: string };
        if (got.error) fail(new Error(got.error));
        else deliver(got);
        response.writeHead(204, isolation).end();
      });
      return;
    }
    contentOf(path, threads).then(
      ([type, content]) => response.writeHead(200, { ...isolation, 'content-type': type }).end(content),
      () => response.writeHead(404, isolation).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    report,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function contentOf(path: string, threads: number): Promise<[type: string, content: string | Uint8Array]> {
  if (path === '/') {
    const script = `new Worker('/scripts/engines/run-browser.ts?threads=${threads}', { type: 'module' })
      .addEventListener('error', ({ message }) =>
        fetch('/report', { method: 'POST', body: JSON.stringify({ error: message || 'the worker did not start' }) }));`;
    return ['text/html', `<!doctype html><title>Covey engines</title><script type="module">${script}</script>`];
  }
  if (!folders.some((folder) => path.startsWith(`/${folder}/`))) throw new Error('not served');
  const file = join(root, path);
  if (path.endsWith('.wasm')) return ['application/wasm', await readFile(file)];
  const source = await readFile(file, 'utf8');
  const code = path.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  const resolved = code.replace(/from '([^'.][^']*)'/g, (all, name: string) =>
    modules[name] ? `from '${modules[name]}'` : all,
  );
  return ['text/javascript', resolved];
}
