/**
 * Takes every page at phone and desktop width in two languages: `node web/scripts/screenshots.ts <base URL> <folder>`.
 * Reports console errors, sideways overflow and, with `--axe`, accessibility violations; exits non-zero on any.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';

const [base, folder, ...flags] = process.argv.slice(2);
if (base === undefined || folder === undefined) {
  console.error('usage: screenshots.ts <base URL> <folder> [--axe] [--dark] [--only=<name>]');
  process.exit(2);
}
const withAxe = flags.includes('--axe');
const theme = flags.includes('--dark') ? 'dark' : 'light';
const only = flags.find((flag) => flag.startsWith('--only='))?.slice('--only='.length);
const widths = [390, 1280];
const languages = ['en', 'zh-Hans'];
const flagsOfChromium = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

async function all(path: string, key: string): Promise<string[]> {
  const response = await fetch(`${base}${path}`);
  const { items } = (await response.json()) as { items: Record<string, string>[] };
  return items.flatMap((item) => item[key] ?? []);
}
const first = async (path: string, key: string) => (await all(path, key))[0];

async function pages(): Promise<Record<string, string>> {
  const task = (await first('/api/v1/tasks', 'id')) ?? '1';
  const node = await first('/api/v1/nodes', 'address');
  const proposals = await all('/api/v1/proposals', 'id');
  const snapshots = await all('/api/v1/snapshot/proposals', 'id');
  const delegate = await first('/api/v1/delegates', 'address');
  return {
    explore: '/',
    task: `/tasks/${task}`,
    round: `/tasks/${task}/rounds/0`,
    proposals: '/proposals',
    propose: '/proposals/new',
    'propose-form': '/proposals/new?kind=policy.set&param=unlockRatio&value=0.6',
    ...Object.fromEntries(proposals.map((id) => [`proposal-${id}`, `/proposals/${id}`])),
    ...Object.fromEntries(snapshots.map((id, index) => [`snapshot-${index}`, `/proposals/snapshot/${id}`])),
    delegates: '/delegates',
    ...(delegate !== undefined && { delegate: `/delegates/${delegate}` }),
    policy: '/policy',
    nodes: '/nodes',
    ...(node !== undefined && { node: `/nodes/${node}` }),
    slashes: '/slashes',
    models: '/models',
    missing: '/no-such-page',
  };
}

const problems: string[] = [];

async function settle(page: Page) {
  // The live stream never ends, so "network idle" never comes: wait until nothing loads any more.
  await page.waitForSelector('h1', { timeout: 15_000 });
  await page.waitForFunction(() => document.querySelector('.skeleton') === null, undefined, { timeout: 15_000 });
  await page.waitForTimeout(600);
}

async function visit(context: BrowserContext, name: string, path: string, label: string) {
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error' && name !== 'missing') problems.push(`${label}: console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`${label}: ${error.message}`));
  await page.goto(`${base}${path}`);
  try {
    await settle(page);
  } catch (error) {
    problems.push(`${label}: ${String(error)}`);
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (overflow > 0) problems.push(`${label}: the page is ${overflow} px too wide`);
  if (withAxe) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const violation of violations) {
      const targets = violation.nodes.map((node) => node.target.join(' ')).slice(0, 3);
      problems.push(`${label}: axe ${violation.id}: ${violation.help} (${targets.join('; ')})`);
    }
  }
  await page.screenshot({ path: join(folder as string, `${label}.png`), fullPage: true });
  await page.close();
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['COVEY_CHROMIUM'] ?? '/usr/bin/chromium',
  args: flagsOfChromium,
});
try {
  const list = Object.entries(await pages()).filter(([name]) => only === undefined || name.startsWith(only));
  for (const width of widths) {
    for (const language of languages) {
      const context = await browser.newContext({
        viewport: { width, height: width < 800 ? 844 : 900 },
        locale: language,
        colorScheme: theme,
        reducedMotion: 'reduce',
        bypassCSP: withAxe,
      });
      for (const [name, path] of list) await visit(context, name, path, `${name}-${width}-${language}`);
      await context.close();
    }
  }
} finally {
  await browser.close();
}
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'no problems' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
