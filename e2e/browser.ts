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

export interface OpenedPage {
  page: Page;
  /** What the browser's console complains of. */
  complaints: string[];
  close(): Promise<void>;
}

/** Somebody who looks at one page after another, and keeps what the browser keeps: files that never change load once. */
export interface Visitor extends Required<PageOptions> {
  open(url: string): Promise<OpenedPage>;
  leave(): Promise<void>;
}

export async function newVisitor(
  browser: Browser,
  { width = 1280, locale = 'en' }: PageOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale });
  context.setDefaultTimeout(scaled(patienceMs));
  return {
    width,
    locale,
    async open(url) {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
      await page.goto(url);
      return { page, complaints, close: () => page.close() };
    },
    leave: () => context.close(),
  };
}

/** A page of a visitor of its own. */
export async function openPage(browser: Browser, url: string, options: PageOptions = {}): Promise<OpenedPage> {
  const visitor = await newVisitor(browser, options);
  return { ...(await visitor.open(url)), close: () => visitor.leave() };
}
