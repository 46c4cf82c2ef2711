import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'vitest';
import { root } from '../scripts/process.ts';
import type { Visitor } from './browser.ts';

/** For people to look at; kept after the tests. */
export const screenshotFolder = join(root, '.covey', 'screenshots');

/** Loads a page and looks for what a user would: complaints, overflow, barriers. Leaves a screenshot. */
export async function checkPage(visitor: Visitor, url: string): Promise<void> {
  const { width, locale } = visitor;
  const { page, complaints, close } = await visitor.open(url);
  try {
    await page.waitForSelector('main h1');
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'), undefined);
    mkdirSync(screenshotFolder, { recursive: true });
    const name = `${new URL(url).pathname.slice(1).replaceAll('/', '-') || 'explore'}-${width}-${locale}.png`;
    await page.screenshot({ path: join(screenshotFolder, name), fullPage: true });

    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, 'horizontal overflow in pixels').toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
      [],
    );
    // A page about something that does not exist is told so by the server, which the console reports too.
    const unexpected = complaints.filter((text) => !(url.endsWith('/99') && text.includes('404')));
    expect(unexpected).toEqual([]);
  } finally {
    await close();
  }
}
