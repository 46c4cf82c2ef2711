/**
 * Takes every page at phone and desktop width in two languages: `node web/scripts/screenshots.ts <base URL> <folder>`.
 * Reports console errors, sideways overflow and, with `--axe`, accessibility violations; exits non-zero on any.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';
import { ensureChromium } from '../../scripts/chromium.ts';
import { askServer, examplePaths, routeNames } from '../test/examples.ts';

const [base, folder, ...flags] = process.argv.slice(2);
if (base === undefined || folder === undefined) {
  console.error('usage: screenshots.ts <base URL> <folder> [--axe] [--dark] [--only=<name>[,<name>]]');
  process.exit(2);
}
const withAxe = flags.includes('--axe');
const theme = flags.includes('--dark') ? 'dark' : 'light';
const only = flags
  .find((flag) => flag.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');
const widths = [390, 1280];
const languages = ['en', 'zh-Hans'];
const flagsOfChromium = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** Every page of the router, by a name for its picture. */
async function pages(): Promise<[name: string, path: string][]> {
  const ask = askServer(base as string);
  const found = await Promise.all(
    routeNames.map(async (name) => {
      const paths = await examplePaths(name, ask);
      return paths.map((path, index): [string, string] => [paths.length > 1 ? `${name}-${index}` : name, path]);
    }),
  );
  return found.flat();
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
  executablePath: await ensureChromium(),
  args: flagsOfChromium,
});
try {
  const list = (await pages()).filter(([name]) => only?.some((start) => name.startsWith(start)) ?? true);
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
