import { chromium, type Browser, type Page } from 'playwright-core';
import { scaled } from '@covey/client/testing/pace';
import { ensureChromium } from '../scripts/chromium.ts';

/** For one step of a page or of the browser, on an idle machine. */
const patienceMs = 60_000;

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await ensureChromium(),
    timeout: scaled(patienceMs),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface PageOptions {
  width?: number;
  locale?: string;
}

/** A page in a context of its own, which collects what the browser's console complains of. */
export async function openPage(
  browser: Browser,
  url: string,
  { width = 1280, locale = 'en' }: PageOptions = {},
): Promise<{ page: Page; complaints: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale });
  context.setDefaultTimeout(scaled(patienceMs));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}
