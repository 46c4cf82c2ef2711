// The demo once, then what people do with it in a real browser.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { parseEther, sha256, type Address } from 'viem';
import { readBalance, readListing } from '@covey/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelMarketAbi, policyAbi, stakeManagerAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { decodeCardDocument } from '@covey/protocol/card';
import { endpoints, pathOf } from '@covey/server/schema';
import { runDemo, type Demo } from '../scripts/demo/demo.ts';
import { cast } from '../scripts/demo/cast.ts';
import { askServer, examplePaths, routeNames } from '@covey/web/examples';
import { launchBrowser, newVisitor, openPage, type Visitor } from './browser.ts';
import { checkPage, screenshotFolder } from './pages.ts';
import { deliverWrongKey, listAltered, whileSelling } from './sealed-market.ts';
import { flipBit, storedBlock } from './stored-block.ts';

const dir = mkdtempSync(join(tmpdir(), 'covey-e2e-'));
let demo: Demo;
let browser: Browser;
const url = (path: string) => `${demo.world.serverUrl}${path}`;

async function connectAs(page: Page, account: Address): Promise<void> {
  await page.getByTestId('connect-wallet').first().click();
  await page.getByTestId('wallet-option-xyz.covey.demo').click();
  await page.getByTestId('demo-account-select').first().selectOption(account);
  await page.keyboard.press('Escape');
}

beforeAll(async () => {
  rmSync(screenshotFolder, { recursive: true, force: true });
  [demo, browser] = await Promise.all([runDemo({ dir, port: 0 }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('everything that the demo checks holds', () => {
  expect(demo.summary.checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(demo.summary.checks.length).toBeGreaterThan(15);
  expect(demo.summary.rounds).toHaveLength(3);
});

describe('the Verify button', () => {
  test.each([0, 1, 2])('recomputes round %i in the browser and finds the accepted hash', async (round) => {
    const { page, close } = await openPage(browser, url(`/tasks/1/rounds/${round}`));
    await page.getByTestId('verify-button').click();
    const status = page.getByTestId('verify-status');
    await page.waitForSelector(
      '[data-testid=verify-status]:is([data-status=match],[data-status=mismatch],[data-status=error])',
    );
    expect(await status.getAttribute('data-status')).toBe('match');
    const { resultHash, submissions } = demo.summary.rounds[round] as Demo['summary']['rounds'][number];
    expect(await page.getByTestId('computed-hash').textContent()).toContain(resultHash);
    expect(await page.getByTestId('accepted-hash').textContent()).toContain(resultHash);
    for (const { index } of submissions) {
      expect(await page.getByTestId(`verify-row-${index}`).getAttribute('data-status')).toBe('match');
    }
    await page.screenshot({ path: join(screenshotFolder, `verified-round-${round}.png`), fullPage: true });
    await close();
  });

  test('shows a mismatch when one stored bit of a submission is changed', async () => {
    const submission = demo.summary.rounds[1]?.submissions.find(({ verdict }) => verdict === 'valid');
    const file = storedBlock(join(dir, 'server'), submission?.cid ?? '');
    const restore = flipBit(file, 5_000);
    try {
      const { page, close } = await openPage(browser, url('/tasks/1/rounds/1'));
      await page.getByTestId('verify-button').click();
      await page.waitForSelector('[data-testid=verify-status][data-status=mismatch]');
      expect(await page.getByTestId(`verify-row-${submission?.index}`).getAttribute('data-status')).toBe('mismatch');
      expect(await page.getByTestId('verify-problem').first().textContent()).toContain(submission?.cid);
      await page.screenshot({ path: join(screenshotFolder, 'mismatch.png'), fullPage: true });
      await close();
    } finally {
      restore();
    }
  });
});

test('a visitor votes and executes a proposal from the page with the demo wallet', async () => {
  const { world, summary } = demo;
  const policy = { address: world.deployment.policy, abi: policyAbi } as const;
  // What is decided is in force after the policy's notice.
  const unlockRatio = async () => {
    const version = await world.chain.publicClient.readContract({ ...policy, functionName: 'announcedVersion' });
    const args = [params.indexOf('unlockRatio'), version] as const;
    return await world.chain.publicClient.readContract({ ...policy, functionName: 'valueAt', args });
  };
  expect(await unlockRatio()).toBe(400_000_000_000_000_000n);
  const { id } = summary.proposals.at(-1) as { id: string };
  const { page, close } = await openPage(browser, url(`/proposals/${id}`));
  await connectAs(page, world.address(cast.visitor));
  await page.getByTestId('vote-yes').click();
  await page.getByTestId('execute').and(page.locator(':enabled')).click();
  await expect.poll(unlockRatio).toBe(500_000_000_000_000_000n);
  await page.screenshot({ path: join(screenshotFolder, 'executed.png'), fullPage: true });
  await close();
});

test('a visitor writes a policy proposal, sees whom it would cost, and publishes it', async () => {
  const { world } = demo;
  const { page, close } = await openPage(browser, url('/proposals/new'));
  const field = (name: string) => page.getByTestId(`field-${name}`);
  const settled = (testid: string, ...states: string[]) =>
    page.waitForSelector(states.map((state) => `[data-testid=${testid}][data-status=${state}]`).join());
  await page.getByTestId('kind-policy.set').click();
  await field('param').selectOption('trainerShare');
  await field('value').fill('7');
  await expect.poll(() => field('value').getAttribute('aria-invalid')).toBe('true');
  expect(await page.getByTestId('call-1').textContent()).toContain('Larger than the contract allows.');
  await field('value').fill('0.5');
  await expect.poll(() => page.getByTestId('call-1').textContent()).toMatch(/Now\s*60%.*50%/s);

  await page.getByTestId('next-step').click();
  await page.getByLabel('Title', { exact: true }).fill('Pay validators more');
  await page.reload(); // the draft is kept
  await page.getByTestId('next-step').click();
  await settled('simulation', 'ok', 'fails', 'error');
  expect(await page.getByTestId('simulation').getAttribute('data-status')).toBe('ok');
  expect(await page.getByTestId('simulation').textContent()).toMatch(/60%.*50%/s);
  await page.getByTestId('replay-start').click();
  await settled('replay', 'exact', 'inexact', 'error');
  expect(await page.getByTestId('replay').getAttribute('data-status')).toBe('exact');
  const differences = await page.getByTestId('replay-difference').allTextContents();
  expect(differences.some((text) => text.trim().startsWith('+'))).toBe(true);
  expect(differences.some((text) => text.trim().startsWith('-'))).toBe(true);
  await page.screenshot({ path: join(screenshotFolder, 'replayed.png'), fullPage: true });

  await page.getByTestId('next-step').click();
  await connectAs(page, world.address(cast.visitor));
  await page.getByTestId('publish').and(page.locator(':enabled')).click();
  await page.getByTestId('published-link').click();
  await expect.poll(() => page.locator('main h1').textContent()).toBe('Pay validators more');
  await settled('simulation', 'ok');
  await page.screenshot({ path: join(screenshotFolder, 'published.png'), fullPage: true });
  await close();
});

test('a visitor delegates stake to a node and takes part of it back from its page', async () => {
  const { world } = demo;
  const node = world.address(cast.trainers[0] as number);
  const visitor = world.address(cast.visitor);
  const worth = () =>
    world.chain.publicClient.readContract({
      address: world.deployment.stakeManager,
      abi: stakeManagerAbi,
      functionName: 'worth',
      args: [node, visitor],
    });
  const { page, close } = await openPage(browser, url(`/nodes/${node}`));
  await connectAs(page, visitor);
  const enabled = (testid: string) => page.getByTestId(testid).and(page.locator(':enabled'));
  await page.getByTestId('stake-amount').fill('1,5');
  await expect.poll(() => page.locator('#stake-problem').textContent()).not.toBe('');
  await page.getByTestId('stake-amount').fill('1500');
  await enabled('stake-add').click();
  await expect.poll(worth).toEqual([parseEther('1500'), 0n]);
  await page.screenshot({ path: join(screenshotFolder, 'delegated.png'), fullPage: true });
  await page.getByTestId('stake-amount').fill('500.5');
  await enabled('stake-leave').click();
  await expect.poll(worth).toEqual([parseEther('999.5'), parseEther('500.5')]);
  await close();
});

test('a visitor buys a model from its page with the demo wallet', async () => {
  const { world } = demo;
  const visitor = world.address(cast.visitor);
  const { items } = (await askServer(url(''))('/listings')) as { items: { id: string; kind: string }[] };
  const { id } = items.find(({ kind }) => kind === 'task')!;
  const licence = () =>
    world.chain.publicClient.readContract({
      address: world.deployment.modelMarket,
      abi: modelMarketAbi,
      functionName: 'licenceEnd',
      args: [BigInt(id), visitor],
    });
  expect(await licence()).toBe(0);
  const { page, close } = await openPage(browser, url(`/models/${id}`), { width: 390 });
  await connectAs(page, visitor);
  await page.getByTestId('buy').and(page.locator(':enabled')).click();
  await expect.poll(licence).toBeGreaterThan(0);
  await page.getByTestId('licence').waitFor();
  await page.screenshot({ path: join(screenshotFolder, 'bought.png'), fullPage: true });
  await close();
});

test('the creator writes a model’s card on its page, sees it whole, and lists the model with it', async () => {
  const { world, summary } = demo;
  const { listing, model } = summary.market;
  const { page, complaints, close } = await openPage(browser, url(`/models/${listing}`), { width: 390 });
  await connectAs(page, world.address(cast.creator));
  await page.getByTestId('card-edit').click();
  const words = 'Reads digits that people *wrote by hand*. [Nothing](javascript:alert(1)) else.';
  await page.getByTestId('card-text').fill(words);
  await page.getByTestId('card-languages').fill('English');
  await expect.poll(() => page.getByTestId('card-publish').isDisabled()).toBe(true);
  await page.getByTestId('card-languages').fill('en');
  await page.getByTestId('card-generate').click();
  const preview = page.getByTestId('card-preview');
  await preview.getByText('How it was scored').waitFor();
  expect(await preview.locator('a[href^=javascript]').count()).toBe(0);
  await page.screenshot({ path: join(screenshotFolder, 'card.png'), fullPage: true });
  await page.getByTestId('card-publish').click();
  await page.getByTestId('card-listed').click();
  const shown = page.getByRole('region', { name: 'In the seller’s words' });
  await shown.getByText('Reads digits that people wrote by hand.').waitFor();
  const lineage = page.getByTestId('lineage');
  expect(await lineage.getByRole('link', { name: /^round \d, contributors: \d+$/ }).count()).toBeGreaterThan(1);
  const id = new URL(page.url()).pathname.split('/').at(-1)!;
  const { card } = await readListing(world.covey, BigInt(id));
  expect(decodeCardDocument(await world.store.get(card!))).toMatchObject({ model, text: words, languages: ['en'] });
  expect(complaints).toEqual([]);
  await close();
});

describe('a sealed model in the browser', () => {
  const listing = () => demo.summary.market.sealed.listing;

  test('is checked, ordered, and opens to the very bytes that were sealed', async () => {
    const { world } = demo;
    const { page, complaints, close } = await openPage(browser, url(`/models/${listing()}`), { width: 390 });
    // No person is there to say where the file goes: it is kept by the browser, and downloaded.
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await connectAs(page, world.address(cast.visitor));
    await page.getByTestId('sealed-check').click();
    await page.getByTestId('sealed-order').and(page.locator(':enabled')).click();
    await whileSelling(world, () => page.getByTestId('sealed-open').waitFor());
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('sealed-open').click()]);
    expect(sha256(readFileSync(await download.path()))).toBe(
      sha256(readFileSync(join(world.dir, 'bought.safetensors'))),
    );
    await page.waitForSelector('[data-testid=sealed-open-status][data-status=success]');
    await page.screenshot({ path: join(screenshotFolder, 'opened.png'), fullPage: true });
    await page.getByTestId('order-settle').click();
    await page.getByTestId('licence').waitFor();
    await page.goto(url('/models'));
    const history = page.getByTestId('order-history');
    await history.getByRole('link', { name: 'Digits, sealed' }).waitFor();
    expect(await history.textContent()).toContain('paid to the seller');
    expect(complaints).toEqual([]);
    await close();
  });

  test('is refused before anything is paid where its encrypted file was altered, by the seller or on the way', async () => {
    const { world } = demo;
    const account = world.address(cast.locker);
    const balance = () => readBalance(world.covey, account);
    const before = await balance();
    const altered = await listAltered(world, BigInt(listing()));
    const { page, close } = await openPage(browser, url(`/models/${altered}`), { width: 390 });
    await connectAs(page, account);
    const refusal = async () => {
      await page.getByTestId('sealed-check').click();
      const text = await page.getByTestId('sealed-failure').innerText();
      expect(await page.getByTestId('sealed-order').count()).toBe(0);
      return text;
    };
    expect(await refusal()).toMatch(
      /^The encrypted file is not what its seller promised on chain\. Do not order it\.\s+Nothing was paid\./,
    );
    await page.screenshot({ path: join(screenshotFolder, 'altered.png'), fullPage: true });
    const detail = (await askServer(url(''))(`/listings/${listing()}`)) as {
      sealed: { manifest: { value: { ciphertext: string } } };
    };
    const restore = flipBit(storedBlock(join(dir, 'server'), detail.sealed.manifest.value.ciphertext), 5_000);
    try {
      await page.goto(url(`/models/${listing()}`));
      expect(await refusal()).toContain('The bytes that came were altered on the way');
    } finally {
      restore();
    }
    expect(await balance()).toBe(before);
    await close();
  });

  test('is paid back when its seller delivers a wrong key, by a proof from the page', async () => {
    const { world } = demo;
    const account = world.address(cast.locker);
    const before = await readBalance(world.covey, account);
    const { page, close } = await openPage(browser, url(`/models/${listing()}`), { width: 390 });
    await connectAs(page, account);
    await page.getByTestId('sealed-check').click();
    await page.getByTestId('sealed-order').and(page.locator(':enabled')).click();
    const own = page.locator('[data-testid^=order-]').first();
    await own.waitFor();
    expect(await readBalance(world.covey, account)).toBeLessThan(before);
    await deliverWrongKey(world, BigInt((await own.getAttribute('data-testid'))!.slice('order-'.length)));
    await page.evaluate(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await page.getByTestId('sealed-open').click();
    expect(await page.getByTestId('sealed-failure').textContent()).toContain('The seller delivered a wrong key.');
    await page.getByText('Something is wrong with it').click();
    await page.getByTestId('sealed-dispute').click();
    await page.getByTestId('fraud').waitFor();
    // The price, and a part of the bond.
    expect(await readBalance(world.covey, account)).toBeGreaterThan(before);
    await page.screenshot({ path: join(screenshotFolder, 'wrong-key.png'), fullPage: true });
    await close();
  });
});

describe.each([
  { width: 1280, locale: 'en' },
  { width: 390, locale: 'zh-Hans' },
  { width: 360, locale: 'en' },
  { width: 1280, locale: 'zh-Hant' },
])('at $width px in $locale', (options) => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await newVisitor(browser, options);
  });
  afterAll(() => visitor?.leave());

  // The demo has no vote at the Snapshot hub: governance.test.ts visits those.
  test.each(routeNames.filter((name) => name !== 'snapshot'))('%s is whole, accessible and fits', async (name) => {
    const paths = await examplePaths(name, askServer(url('')));
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) await checkPage(visitor, url(path));
  });
  test('a page about what does not exist says so', async () => {
    await checkPage(visitor, url('/tasks/99'));
  });
});

test('the server holds nothing that chain and IPFS do not: killed, its index deleted, it answers the same', async () => {
  const { world } = demo;
  const paths = [
    pathOf(endpoints.task, { params: { id: 1 } }),
    pathOf(endpoints.round, { params: { id: 1, round: 0 } }),
    pathOf(endpoints.round, { params: { id: 1, round: 2 } }),
    pathOf(endpoints.policy, {}),
    pathOf(endpoints.slashCases, {}),
    pathOf(endpoints.listings, {}),
  ];
  const read = () => Promise.all(paths.map(async (path) => (await fetch(url(path))).json() as Promise<unknown>));
  const before = await read();
  await world.restartServer({ deleteIndex: true });
  // Documents are read again in the background.
  await expect.poll(read).toEqual(before);
});
