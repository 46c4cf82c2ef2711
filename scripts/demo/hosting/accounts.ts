import { readBalance, readPolicyNumber, readStake } from '@covey/client';
import { closeChannel, readChannel, requestClose, type AnswerCaseOnChain } from '@covey/client/inference';
import { ONE } from '@covey/protocol';
import type { Address } from 'viem';
import { cast } from '../cast.ts';
import type { Stage } from '../stage.ts';
import type { World } from '../world.ts';
import type { Bought } from './buying.ts';
import { hostStake, type OfBoth, type Serving } from './serving.ts';

/** Wei of everybody who has a part in it; `held` is what the two contracts keep for others. */
type Accounts = Record<'client' | 'honest' | 'liar' | 'honestStake' | 'liarStake' | 'treasury' | 'held', bigint>;

export async function readAccounts(world: World, { honest, liar }: OfBoth<Serving>): Promise<Accounts> {
  const { covey } = world;
  const { dao, inferenceChannels, answerCases } = covey.deployment;
  const balance = (owner: Address) => readBalance(covey, owner);
  return {
    client: await balance(world.address(cast.buyer)),
    honest: await balance(honest.node),
    liar: await balance(liar.node),
    honestStake: (await readStake(covey, honest.node)).own,
    liarStake: (await readStake(covey, liar.node)).own,
    treasury: await balance(dao),
    held: (await balance(inferenceChannels)) + (await balance(answerCases)),
  };
}

/** Hosts redeem all that they have when they stop; the client asks for what is left of its channels. */
export async function redeem({ world, checks }: Stage, hosts: OfBoth<Serving>, bought: OfBoth<Bought>): Promise<void> {
  await Promise.all([hosts.honest.daemon.stop(), hosts.liar.daemon.stop()]);
  for (const who of ['honest', 'liar'] as const) {
    const { channel, signed } = bought[who];
    const { redeemed } = (await readChannel(world.covey, channel))!;
    checks.equal(`the ${who} host redeemed what was signed to it`, redeemed, signed);
    await requestClose(world.account(cast.buyer), channel);
  }
}

/** The channels’ window has passed: anybody gives the client what is left, and every account is counted. */
export async function settleAccounts(
  { world, checks }: Stage,
  {
    hosts,
    bought,
    before,
    closed,
  }: {
    hosts: OfBoth<Serving>;
    bought: OfBoth<Bought>;
    before: Accounts;
    closed: AnswerCaseOnChain;
  },
) {
  for (const { channel } of Object.values(bought)) await closeChannel(world.account(cast.keeper), channel);
  const [share, slash, cap] = await Promise.all([
    readPolicyNumber(world.covey, 'marketFee'),
    readPolicyNumber(world.covey, 'slashWrongAnswer'),
    readPolicyNumber(world.covey, 'reporterCap'),
  ]);
  const fee = { honest: (bought.honest.signed * share) / ONE, liar: (bought.liar.signed * share) / ONE };
  const taken = (hostStake * slash) / ONE;
  const tenth = taken / 10n;
  const toReporter = tenth < cap ? tenth : cap;
  const toTreasury = taken - toReporter;
  const due: Accounts = {
    client: before.client - bought.honest.signed - bought.liar.signed + toReporter,
    honest: before.honest + bought.honest.signed - fee.honest,
    liar: before.liar + bought.liar.signed - fee.liar,
    honestStake: before.honestStake,
    liarStake: before.liarStake - taken,
    treasury: before.treasury + fee.honest + fee.liar + toTreasury,
    held: before.held,
  };
  const after = await readAccounts(world, hosts);
  for (const who of Object.keys(due) as (keyof Accounts)[])
    checks.equal(`hosting, to the wei: ${names[who]}`, after[who], due[who]);
  checks.equal('hosting made and lost no wei', sum(after), sum(before));
  checks.equal('the slash is what the policy says of what was bound', closed.taken, taken);
  return { fee, taken, toReporter, toTreasury, after };
}

const names: Record<keyof Accounts, string> = {
  client: 'the client paid for what it signed, and was paid for the case',
  honest: 'the honest host earned its price less the fee',
  liar: 'the liar earned its price less the fee',
  honestStake: 'the honest host’s stake',
  liarStake: 'the liar’s stake',
  treasury: 'the treasury got the fees and its part of the slash',
  held: 'no contract holds what is anybody’s',
};

const sum = (accounts: Accounts) => Object.values(accounts).reduce((total, wei) => total + wei, 0n);
