// @vitest-environment happy-dom
import { onlineManager } from '@tanstack/vue-query';
import { maxSearchLength } from '@covey/server/schema';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { delegates } from './fixtures/governance.ts';
import { account } from './fixtures/make.ts';
import { mount } from './mount.ts';
import type { Mounted } from './mount.ts';
import { unready, worlds } from './worlds.ts';

/** A server of 60 delegates that filters and cuts as the real one does. */
const everybody = Array.from({ length: 60 }, (_, index) => ({
  ...(delegates[index % delegates.length] as (typeof delegates)[number]),
  address: account(`delegate ${index}`),
  profile: { name: index < 40 ? `Wren ${index}` : `Snipe ${index}`, about: '', avatar: null },
}));

interface Fault {
  /** Answers that fail, counted from the first request for the list. */
  failing: Set<number>;
  pageSize?: number;
}
const asks: URLSearchParams[] = [];

function serve({ failing, pageSize }: Fault) {
  return (path: string, query: URLSearchParams) => {
    if (path !== '/delegates') return undefined;
    asks.push(query);
    if (failing.has(asks.length - 1)) return { status: 503, body: unready };
    const search = (query.get('search') ?? '').toLowerCase();
    const fitting = everybody.filter(
      ({ profile, statement }) =>
        profile.name.toLowerCase().includes(search) && (query.get('statement') !== 'true' || statement !== null),
    );
    const from = Number(query.get('cursor') ?? 0);
    const to = from + (pageSize ?? Number(query.get('limit')));
    const nextCursor = to < fitting.length ? String(to) : null;
    return { status: 200, body: { items: fitting.slice(from, to), nextCursor, total: fitting.length } };
  };
}
const withStatement = everybody.filter(({ statement }) => statement !== null).length;

let page: Mounted | undefined;
afterEach(() => {
  page?.unmount();
  page = undefined;
  asks.length = 0;
  onlineManager.setOnline(true);
});

async function open(path: string, fault: Partial<Fault> = {}) {
  const mounted = (page = await mount(path, worlds['no wallet'], serve({ failing: new Set(), ...fault })));
  await mounted.settled();
  const find = <E extends HTMLElement>(selector: string) => mounted.root.querySelector<E>(selector);
  const named = <E extends HTMLElement>(testid: string) => find<E>(`[data-testid="${testid}"]`);
  return {
    ...mounted,
    find,
    named,
    rows: () => mounted.root.querySelectorAll('[data-testid^="delegate-0x"]').length,
    count: () => named('list-count')?.textContent?.trim(),
    url: () => mounted.router.currentRoute.value.fullPath,
    async click(testid: string) {
      const button = named(testid);
      button?.focus();
      button?.click();
      await mounted.settled();
    },
    async type(text: string) {
      const input = named('filter-search')?.querySelector('input') as HTMLInputElement;
      const asked = mounted.asked.length;
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
      await vi.waitFor(() => expect(mounted.asked.length).toBeGreaterThan(asked));
      await mounted.settled();
    },
    async back() {
      mounted.router.back();
      await mounted.settled();
    },
  };
}

describe('pages of a list', () => {
  it('are added one by one, told aloud, and kept in the address', async () => {
    const list = await open('/delegates');
    expect([list.rows(), list.count(), list.url()]).toEqual([25, '25 of 60', '/delegates']);
    await list.click('list-more');
    expect([list.rows(), list.count(), list.url()]).toEqual([50, '50 of 60', '/delegates?page=2']);
    await list.click('list-more');
    expect([list.rows(), list.count(), list.url()]).toEqual([60, '60 entries', '/delegates?page=3']);
    expect(list.named('list-more')).toBeNull();
    expect(list.named('list-count')?.getAttribute('role')).toBe('status');
    // The button that had the focus is gone: what it brought has it.
    expect(document.activeElement).toBe(list.named('list-count'));
    expect(list.complaints).toEqual([]);
  });

  it('come with a link', async () => {
    const list = await open('/delegates?page=2');
    expect([list.rows(), list.count()]).toEqual([50, '50 of 60']);
  });

  it('end where a link asks for too many, and go on when a reader does', async () => {
    const list = await open('/delegates?page=99999', { pageSize: 1 });
    expect([asks.length, list.rows()]).toEqual([20, 20]);
    await list.click('list-more');
    expect([list.rows(), list.url()]).toEqual([21, '/delegates?page=21']);
  });

  it('stay when the next one fails, and can be asked for again', async () => {
    const list = await open('/delegates', { failing: new Set([1]) });
    await list.click('list-more');
    expect([list.rows(), asks.length]).toEqual([25, 2]);
    const retry = list.find<HTMLButtonElement>('main [role=alert] button');
    retry?.click();
    await list.settled();
    expect([list.rows(), list.find('main [role=alert]')]).toEqual([50, null]);
  });
});

describe('filters of a list', () => {
  it('go into the address and start on the first page; the way back undoes them', async () => {
    const list = await open('/delegates?page=2');
    await list.click('filter-statement');
    expect(list.url()).toBe('/delegates?statement=true');
    expect(asks.at(-1)?.toString()).toBe('limit=25&statement=true');
    expect([list.rows(), list.count()]).toEqual([25, `25 of ${withStatement}`]);
    await list.back();
    expect([list.url(), list.rows()]).toEqual(['/delegates?page=2', 50]);
    expect(list.named<HTMLInputElement>('filter-statement')?.checked).toBe(false);
  });

  it('take words after a pause; words that grow are one step', async () => {
    const list = await open('/delegates');
    await list.type('sni');
    expect([list.url(), list.count()]).toEqual(['/delegates?search=sni', '20 entries']);
    await list.type('snipe 41 ');
    expect([list.url(), list.count()]).toEqual(['/delegates?search=snipe+41', '1 entry']);
    await list.back();
    expect([list.url(), list.count()]).toEqual(['/delegates', '25 of 60']);
    expect(list.named('filter-search')?.querySelector('input')?.value).toBe('');
  });

  it('that leave nothing offer to be cleared', async () => {
    const list = await open('/delegates?search=nobody&statement=true&other=kept');
    expect([list.rows(), list.count()]).toEqual([0, 'Nothing']);
    expect(list.find('.empty')?.textContent).toContain('No delegate fits.');
    await list.click('clear-filters');
    expect([list.url(), list.rows()]).toEqual(['/delegates?other=kept', 25]);
    expect(document.activeElement).toBe(list.named('list-count'));
  });

  it('are not offered to be cleared where there are none', async () => {
    const list = (page = await mount('/delegates', worlds['nothing yet']));
    await list.settled();
    expect(list.root.querySelector('.empty')?.textContent).toContain('Nobody has voting power yet.');
    expect(list.root.querySelector('[data-testid=clear-filters]')).toBeNull();
  });

  it('are not what an address says when it says nonsense', async () => {
    const list = await open(`/delegates?page=-1&statement=maybe&search=${'w'.repeat(maxSearchLength + 50)}`);
    expect(asks.map(String)).toEqual([`limit=25&search=${'w'.repeat(maxSearchLength)}`]);
    await list.router.push('/slashes?state=nonsense&state=open&page=2x');
    await list.settled();
    expect(list.asked.at(-1)).toBe('/slash-cases');
    expect(list.named('filter-all')?.getAttribute('aria-pressed')).toBe('true');
    expect(list.named('filter-open')?.getAttribute('aria-pressed')).toBe('false');
    await list.click('filter-open');
    expect([list.url(), list.named('filter-open')?.getAttribute('aria-pressed')]).toEqual([
      '/slashes?state=open',
      'true',
    ]);
  });

  it('have names', async () => {
    const { find } = await open('/delegates');
    expect(find('[data-testid=filter-search]')?.textContent?.trim()).toBe('Search by name or address');
    expect(find('[data-testid=filter-statement]')?.closest('label')?.textContent?.trim()).toBe('With a statement only');
    expect(find('main section.card[aria-label=Delegates] caption')?.textContent?.trim()).toBe('Delegates');
  });
});

describe('a list that cannot be read', () => {
  it('says so, and is read when it is asked for again', async () => {
    const list = await open('/delegates', { failing: new Set([0]) });
    expect(list.rows()).toBe(0);
    list.find<HTMLButtonElement>('main [role=alert] button')?.click();
    await list.settled();
    expect([list.rows(), list.find('main [role=alert]')]).toEqual([25, null]);
  });

  it('waits for a browser that is offline, and says that it does', async () => {
    onlineManager.setOnline(false);
    const list = await open('/delegates');
    expect([asks.length, list.find('main .notice[role=status]')?.textContent]).toEqual([
      0,
      expect.stringContaining('You are offline.'),
    ]);
    onlineManager.setOnline(true);
    await list.settled();
    expect(list.rows()).toBe(25);
  });
});
