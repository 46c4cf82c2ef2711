import { fileURLToPath } from 'node:url';
import { readCoreWasm } from '@covey/wasm-core/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build, type Rollup } from 'vite';
import type { Browser } from 'playwright-core';
import { launchBrowser, openPage } from './browser.ts';
import { fruitTable } from './journey/data.ts';
import { playTable, type Played } from './tab/play.ts';

let browser: Browser;
beforeAll(async () => void (browser = await launchBrowser()));
afterAll(() => browser?.close());

/** The module as a page would load it. */
async function bundled(): Promise<string> {
  const entry = fileURLToPath(new URL('tab/play.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, minify: false, lib: { entry, formats: ['es'] } },
  });
  const [{ output }] = built as [Rollup.RollupOutput];
  return output[0].code;
}

test('a tab reads a table and plays its task to the same bits as Node', async () => {
  const wasm = await readCoreWasm();
  const csv = fruitTable(3, 300);
  const script = `import { playTable } from '/play.js';
    const [wasm, table] = await Promise.all(['/core.wasm', '/fruit.csv'].map((path) => fetch(path)));
    document.body.append(JSON.stringify(await playTable(await wasm.arrayBuffer(), await table.text())));
    document.title = 'played';`;
  const bodies: Record<string, [type: string, body: string | Buffer]> = {
    '/': ['text/html', `<!doctype html><title>Covey</title><body><script type="module">${script}</script>`],
    '/play.js': ['text/javascript', await bundled()],
    '/core.wasm': ['application/wasm', Buffer.from(wasm)],
    '/fruit.csv': ['text/csv', csv],
  };
  const { page, complaints, close } = await openPage(browser, 'about:blank');
  await page.route('https://covey.test/**', (route) => {
    const known = bodies[new URL(route.request().url()).pathname];
    return known ? route.fulfill({ contentType: known[0], body: known[1] }) : route.fulfill({ status: 204 });
  });
  await page.goto('https://covey.test/');
  await page
    .waitForFunction(() => document.title === 'played')
    .catch((error: unknown) => {
      throw new Error([String(error), ...complaints].join('\n'));
    });
  const inTab = JSON.parse((await page.locator('body').innerText()).trim()) as Played;
  await close();
  expect(inTab).toEqual(await playTable(wasm, csv));
  expect(inTab.accuracy).toBeGreaterThan(0.8);
  expect(inTab.earned.some((amount) => BigInt(amount) > 0n)).toBe(true);
});
