import { readListings } from '@covey/client';
import { listingKinds } from '@covey/contracts/abi';
import { isAddressEqual } from 'viem';
import { nameOfListing, unitsOf } from '../../../market/about-listing.ts';
import { ethereumAddress, positive, taskId } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, flag, oneOf, optional, preset } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { listingLine } from './lines.ts';

export const marketList = defineCommand({
  name: 'market list',
  summary: 'List models that are sold, the newest first',
  examples: ['market list', 'market list --kind sealed --search digits', 'market list --seller 0x… --all --json'],
  options: {
    ...chainOptions,
    ...readerOptions,
    task: optional('--task <id>', 'only models of this task', taskId),
    kind: oneOf('--kind <kind>', 'only those of this kind', listingKinds.slice(1)),
    seller: optional('--seller <address>', 'only those of this account', ethereumAddress),
    search: optional('--search <text>', 'only those whose name has this in it'),
    all: flag('--all', 'also what is paused, delisted, without a bond or fraudulent'),
    limit: preset('--limit <n>', 'how many at most', 20, positive),
  },
  async run(options, out) {
    const { task, kind, seller, search, all, limit } = options;
    const covey = await openChain(options);
    const reader = openReader(options);
    const every = await readListings(covey);
    const wanted = every.filter(
      (listing) =>
        (all || listing.state === 'active') &&
        (task === undefined || listing.taskId === task) &&
        (kind === undefined || listing.kind === kind) &&
        (seller === undefined || isAddressEqual(listing.seller, seller)),
    );
    const named: { listing: (typeof wanted)[number]; name: string | null }[] = [];
    for (const listing of wanted) {
      if (named.length === limit) break;
      const name = await nameOfListing(covey, reader, listing);
      const found = search === undefined || name?.toLowerCase().includes(search.toLowerCase());
      if (found) named.push({ listing, name });
    }
    const unitOf = await unitsOf(
      covey,
      named.map(({ listing }) => listing.token),
    );
    out.result(
      'covey.market-list/1',
      {
        count: every.length,
        listings: named.map(({ listing, name }) => ({ ...listing, name, unit: unitOf(listing.token) })),
      },
      named.length === 0
        ? [say`no such model; there are ${every.length} listings in all`]
        : named.map(({ listing, name }) => listingLine(listing, name, unitOf(listing.token))),
    );
  },
});
