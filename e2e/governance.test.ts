// Votes of every kind, delegation and statements, as people do them in a browser.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { getBoundProposal, messageId, parseEnvelope, verifyEnvelope } from '@covey/governance';
import { coveyTokenAbi, policyAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { endpoints, pathOf } from '@covey/server/schema';
import type { Browser, Page } from 'playwright-core';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, newVisitor, openPage, type Visitor } from './browser.ts';
import { people, startGovernanceWorld, type GovernanceWorld } from './governance-world.ts';
import { checkPage, screenshotFolder } from './pages.ts';

let world: GovernanceWorld;
let browser: Browser;

beforeAll(async () => {
  [world, browser] = await Promise.all([startGovernanceWorld(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await world?.stop();
});

/** Opens a page and connects the demo wallet with one of the test accounts, as a visitor does. */
async function openAs(account: number, path: string, width?: number) {
  const opened = await openPage(browser, world.url(path), width === undefined ? {} : { width });
  const { page } = opened;
  await page.getByTestId('connect-wallet').first().click();
  await page.getByTestId('wallet-option-xyz.covey.demo').click();
  await page.getByTestId('connect-wallet').first().and(page.locator('[data-status=connected]')).waitFor();
  await page.getByTestId('demo-account-select').first().selectOption(world.address(account));
  await page.keyboard.press('Escape');
  return opened;
}

const enabled = (page: Page, testid: string) => page.getByTestId(testid).and(page.locator(':enabled'));
const reached = (page: Page, testid: string, status: string) =>
  page
    .getByTestId(testid)
    .and(page.locator(`[data-status=${status}]`))
    .waitFor();
const shot = (page: Page, name: string) =>
  page.screenshot({ path: join(screenshotFolder, `governance-${name}.png`), fullPage: true });

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  );
}

describe('a ranked-choice vote', () => {
  const path = () => `/proposals/snapshot/${world.signals['ranked-choice']}`;

  test('is put in order with the keyboard, signed, and counted', async () => {
    const { page, complaints, close } = await openAs(people.voter, path());
    const up = enabled(page, 'ballot-up-3');
    await up.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator(':focus').getAttribute('data-testid')).toBe('ballot-up-3');
    await page.keyboard.press('Enter');
    // At the top only the other button is left to be pressed.
    expect(await page.locator(':focus').getAttribute('data-testid')).toBe('ballot-down-3');
    await page.getByTestId('vote-reason').fill('Rest is a choice too.');
    await expectAccessible(page);
    await enabled(page, 'snapshot-vote').click();
    await reached(page, 'snapshot-status', 'success');
    await page.getByTestId('snapshot-score-3').and(page.locator('[data-score="1000000"]')).waitFor();
    expect(await page.getByTestId('own-vote').textContent()).toContain('1. Neither of them › 2. Speech commands');
    expect(await page.getByTestId(`voter-${world.address(people.voter)}`).textContent()).toContain(
      'Rest is a choice too.',
    );
    await shot(page, 'ranked');
    expect(complaints).toEqual([]);
    await close();
  });

  test('can be changed: the later vote counts, and the form starts from the earlier one', async () => {
    const { page, close } = await openAs(people.voter, path(), 390);
    await page.getByTestId('own-vote').waitFor();
    expect(await page.locator('[data-testid=ballot] li').first().getAttribute('data-choice')).toBe('3');
    await enabled(page, 'ballot-down-3').click();
    await enabled(page, 'snapshot-vote').click();
    await page.getByTestId('snapshot-score-1').and(page.locator('[data-score="1000000"]')).waitFor();
    expect(await page.getByTestId('snapshot-score-3').getAttribute('data-score')).toBe('0');
    await shot(page, 'ranked-390');
    await close();
  });

  test('is its own receipt: the downloaded file holds the message that the voter signed', async () => {
    const { page, close } = await openAs(people.voter, path());
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('download-vote').click()]);
    const envelope = parseEnvelope(JSON.parse(readFileSync(await download.path(), 'utf8')));
    expect(await verifyEnvelope({ envelope })).toMatchObject({ address: world.address(people.voter), scheme: 'key' });
    const response = await fetch(
      world.url(pathOf(endpoints.snapshotProposal, { params: { digest: world.signals['ranked-choice'] } })),
    );
    const { votes } = (await response.json()) as { votes: { id: string }[] };
    expect(votes.map(({ id }) => id)).toEqual([messageId(envelope)]);
    await close();
  });
});

test('a weighted vote shows its shares as they are typed', async () => {
  const { page, close } = await openAs(people.voter, `/proposals/snapshot/${world.signals.weighted}`);
  await enabled(page, 'ballot-part-1').fill('3');
  await page.getByTestId('ballot-part-2').fill('1');
  expect(await page.getByTestId('ballot-share-1').textContent()).toBe('75%');
  await enabled(page, 'snapshot-vote').click();
  await page.getByTestId('snapshot-score-2').and(page.locator('[data-score="250000"]')).waitFor();
  await shot(page, 'weighted');
  await close();
});

test('an account without votes is told so and cannot sign', async () => {
  const { page, close } = await openAs(people.holder, `/proposals/snapshot/${world.signals.approval}`);
  await page.getByTestId('no-power').waitFor();
  await page.getByTestId('ballot-choice-1').check();
  expect(await page.getByTestId('snapshot-vote').isDisabled()).toBe(true);
  await close();
});

test('a statement is signed, published, and shown as text that can do nothing', async () => {
  const { page, complaints, close } = await openAs(people.delegate, `/delegates/${world.address(people.delegate)}`);
  await page.getByTestId('statement-name').fill('Wren');
  await page.getByTestId('statement-about').fill('Money that can be counted.');
  await page.getByTestId('statement-body').fill('I vote **for** public metrics. <img src=x onerror="alert(1)">');
  await enabled(page, 'publish-statement').click();
  await reached(page, 'statement-status', 'success');
  await page.getByRole('heading', { level: 1, name: 'Wren' }).waitFor();
  const text = page.getByTestId('statement-text');
  await text.locator('strong', { hasText: 'for' }).waitFor();
  expect(await text.locator('img').count()).toBe(0);
  expect(await text.textContent()).toContain('<img src=x');
  await expectAccessible(page);
  await shot(page, 'statement');
  expect(complaints).toEqual([]);
  await close();
});

test('votes are delegated from a delegate’s page, and taken back', async () => {
  const { token } = world.deployment;
  const [holder, delegate] = [world.address(people.holder), world.address(people.delegate)];
  const delegateOf = () =>
    world.anvil.publicClient.readContract({
      address: token,
      abi: coveyTokenAbi,
      functionName: 'delegates',
      args: [holder],
    });
  const { page, close } = await openAs(people.holder, '/delegates');
  await page.getByTestId('filter-search').locator('input').fill('wre');
  await page
    .getByTestId(/^delegate-0x/)
    .nth(1)
    .waitFor({ state: 'detached' });
  await page.getByTestId(`delegate-${delegate}`).getByRole('link').click();
  await enabled(page, 'delegate-to').click();
  await reached(page, 'delegate-to-status', 'success');
  expect(await delegateOf()).toBe(delegate);
  await page.getByTestId('delegated-already').waitFor();
  await page.getByTestId('delegator-list').locator(`a[href="/delegates/${holder}"]`).waitFor();
  await shot(page, 'delegated');
  await enabled(page, 'take-back').click();
  await expect.poll(delegateOf).toBe(holder);
  await close();
});

test('a binding vote is cast without gas, brought on chain and executed, all from its page', async () => {
  const { anvil, deployment, binding } = world;
  const path = `/proposals/snapshot/${binding}`;
  const bound = () => getBoundProposal(anvil.covey(deployment), { id: binding });
  const advanceTo = async (time: number) =>
    anvil.advance(time - Number((await anvil.publicClient.getBlock()).timestamp));

  for (const [account, choice] of [
    [people.voter, 1],
    [people.delegate, 2],
    [people.author, 1],
  ] as const) {
    const { page, close } = await openAs(account, path);
    await enabled(page, `ballot-choice-${choice}`).check();
    await enabled(page, 'snapshot-vote').click();
    await reached(page, 'snapshot-status', 'success');
    await close();
  }
  await advanceTo((await bound()).end + 1);

  const { page, close } = await openAs(people.holder, path);
  const card = page.getByTestId('binding-card');
  await card.and(page.locator('[data-state=submission]')).waitFor();
  await enabled(page, 'bring-votes').click();
  await reached(page, 'bring-status', 'success');
  expect((await bound()).tally).toMatchObject({
    forVotes: parseEther('2000000'),
    against: parseEther('1000000'),
    voters: 3n,
  });
  await page.getByTestId('brought').filter({ hasText: '3 votes counted on chain, 3 on the hub, 0 to bring' }).waitFor();
  await expectAccessible(page);
  await shot(page, 'brought');
  expect(await page.getByTestId('veto-link').getAttribute('href')).toBe(`/proposals/new?kind=veto&id=${binding}`);

  await advanceTo((await bound()).executableFrom);
  await enabled(page, 'execute-bound').click();
  await card.and(page.locator('[data-state=executed]')).waitFor();
  const args = [params.indexOf('unlockRatio')] as const;
  const policy = { address: deployment.policy, abi: policyAbi } as const;
  expect(await anvil.publicClient.readContract({ ...policy, functionName: 'latest', args })).toBe(parseEther('0.55'));
  await page.locator('[data-step=executed]').waitFor();
  await shot(page, 'executed');
  await close();
});

test('all proposals stand in one list, filtered by how they are decided', async () => {
  const { page, close } = await openPage(browser, world.url('/proposals'));
  await page.getByTestId(`proposal-${world.binding}`).waitFor();
  expect(await page.locator('[data-system=chain]').count()).toBeGreaterThan(0);
  await page.getByTestId('filter-binding').click();
  await page.locator('[data-system=signal]').first().waitFor({ state: 'detached' });
  expect(await page.locator('[data-system]').count()).toBe(1);
  expect(new URL(page.url()).search).toBe('?show=binding');
  await close();
});

describe.each([
  { width: 390, locale: 'zh-Hans' },
  { width: 1280, locale: 'zh-Hant' },
])('at $width px in $locale', (options) => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await newVisitor(browser, options);
  });
  afterAll(() => visitor?.leave());

  test.each([
    ['proposals', () => '/proposals'],
    ['a ranked-choice proposal', () => `/proposals/snapshot/${world.signals['ranked-choice']}`],
    ['a bound proposal', () => `/proposals/snapshot/${world.binding}`],
    ['delegates', () => '/delegates'],
    ['a delegate', () => `/delegates/${world.address(people.delegate)}`],
  ])('%s is whole, accessible and fits', async (_name, path) => {
    await checkPage(visitor, world.url(path()));
  });
});
