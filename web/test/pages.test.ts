// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest';
import { routes } from '../src/app/routes.ts';
import { examplePaths, routeNames } from './examples.ts';
import { answer } from './fixtures/data.ts';
import { mount } from './mount.ts';
import type { Mounted } from './mount.ts';
import { worlds } from './worlds.ts';
import type { World } from './worlds.ts';

const ask = async (path: string) => answer(path)?.body;
const visits = (
  await Promise.all(routeNames.map(async (name) => (await examplePaths(name, ask)).map((path) => ({ name, path }))))
).flat();

/** Pages that offer all they have, whatever becomes of what they ask the server. */
const serveThemselves: readonly string[] = ['propose'];

let page: Mounted | undefined;
afterEach(() => {
  page?.unmount();
  page = undefined;
});

async function visit(path: string, world: World): Promise<Mounted> {
  page = await mount(path, world);
  await page.settled();
  return page;
}
const found = ({ root }: Mounted, selector: string) => [...root.querySelectorAll(selector)];
const walletStatus = (mounted: Mounted) =>
  found(mounted, '[data-testid=connect-wallet]').map((button) => button.getAttribute('data-status'));

it('knows a way to every page', () => {
  for (const { name } of routes) expect(visits.map((visit) => visit.name)).toContain(name);
});

/** Every example meets the fixtures; every page, by its first one, each other world. */
const meetings = visits.flatMap((visit, index) =>
  Object.entries(worlds)
    .filter(([met]) => met === 'the fixtures' || visits.findIndex(({ name }) => name === visit.name) === index)
    .map(([met, world]) => ({ ...visit, met, world })),
);

it.each(meetings)('$name at $path meets $met', async ({ name, path, world }) => {
  const mounted = await visit(path, world);
  const { server, wallet } = world;
  const waiting = found(mounted, 'main [aria-busy=true]').length;
  const failed = found(mounted, 'main [role=alert]').length;
  expect(mounted.complaints.join('\n')).toBe('');
  // A page that lives from the server shows what became of it; the others are as always.
  const asksServer = mounted.asked.length > 0 && !serveThemselves.includes(name);
  expect(waiting > 0).toBe(asksServer && server === 'loading');
  if (asksServer && (server === 'failing' || server === 'offline')) expect(failed).toBeGreaterThan(0);
  if (waiting === 0 && failed === 0) expect(found(mounted, 'main h1')).toHaveLength(1);
  if (wallet === 'none' || wallet === 'demo') expect(walletStatus(mounted)).toEqual(['disconnected']);
  else expect(walletStatus(mounted)).toEqual(['connected']);
});
