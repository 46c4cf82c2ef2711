import {
  claimRevenues,
  readListings,
  readOwed,
  readRevenues,
  withdrawOwed,
  type ContentReader,
  type CoveyChain,
  type Owed,
  type Revenue,
} from '@covey/client';
import type { Address } from 'viem';
import { nodeError } from '../../../errors.ts';
import { unitsOf } from '../../../market/about-listing.ts';
import { tokenText } from '../../../quantities.ts';
import { accountOf } from '../../account.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openChain, openReader, openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  account: optional('--account <address>', 'whose (default: the own account)', ethereumAddress),
};

export const marketEarnings = defineCommand({
  name: 'market earnings',
  summary: 'What an account can withdraw: of sales that it made, and as contributor to models that were sold',
  examples: ['market earnings --key-file me.key', 'market earnings --account 0x…'],
  options,
  async run(given, out) {
    const covey = await openChain(given);
    const account = given.account ?? (await accountOf(given));
    if (account === undefined) {
      throw nodeError('CONFIG_INVALID', 'Whose earnings?', { expected: '--account ADDRESS, or a key' });
    }
    const { owed, revenues, lines } = await readEarnings(covey, openReader(given), account);
    out.result('covey.market-earnings/1', { account, owed, revenues: revenues.map(withoutProof) }, lines);
  },
});

export const marketWithdraw = defineCommand({
  name: 'market withdraw',
  summary: 'Pay an account all that `market earnings` shows, in as few transactions as it takes; anyone may',
  examples: ['market withdraw --key-file me.key', 'market withdraw --account 0x… --key-file any.key'],
  options,
  async run(given, out) {
    const covey = await openSender(given);
    const account = given.account ?? covey.sender.address;
    const { owed, revenues, lines } = await readEarnings(covey, openReader(given), account);
    const claimed = await claimRevenues(covey, account, revenues);
    const sent = [...claimed.sent, ...(await withdrawOwed(covey, account, owed))];
    const txs = sent.map(({ tx }) => tx);
    const gasUsed = sent.reduce((sum, one) => sum + one.gasUsed, 0n);
    out.result('covey.market-withdraw/1', { account, owed, revenues: revenues.map(withoutProof), txs, gasUsed }, lines);
  },
});

const withoutProof = ({ listingId, round, token, amount }: Revenue) => ({ listingId, round, token, amount });

async function readEarnings(
  covey: CoveyChain,
  reader: ContentReader,
  account: Address,
): Promise<{ owed: Owed[]; revenues: Revenue[]; lines: string[] }> {
  const listings = await readListings(covey);
  const tokens = listings.map(({ token }) => token);
  const owed = await readOwed(covey, account, tokens);
  const revenues = await readRevenues(covey, reader, account, listings);
  const unitOf = await unitsOf(covey, [covey.deployment.token, ...tokens]);
  const lines = [
    ...owed.map(({ token, amount }) => say`${tokenText(amount, unitOf(token))} of own sales`),
    ...revenues.map(
      ({ listingId, round, token, amount }) =>
        say`${tokenText(amount, unitOf(token))} of listing ${listingId} for round ${round}`,
    ),
  ];
  return { owed, revenues, lines: lines.length === 0 ? [say`nothing to withdraw`] : lines };
}
