import type { PlayedTask } from '@covey/client/testing/played-task';
import { coveyTokenAbi, voteEscrowAbi } from '@covey/contracts/abi';
import { parseEther } from 'viem';
import type { Address } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { endpoints } from './schema/index.ts';
import { createPlayedWorld, playRound, settleRound, voteOnTask } from './testing/round.ts';
import { chainTime, say, space } from './testing/voting.ts';
import { read } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
let played: PlayedTask;
beforeAll(async () => {
  ({ world, played } = await createPlayedWorld());
  server = await world.serve();
});
afterAll(() => world.close());

const { delegate, delegates } = endpoints;
const delegateAt = async (address: Address) => {
  await server.caughtUp();
  return read(server, delegate, { params: { address } });
};
const account = (index: number) => world.anvil.wallet(index).account.address;

test('delegates are those of the chain, to the wei, for everybody who ever held tokens', async () => {
  await voteOnTask(world, server, played);
  await playRound(world, server, played);
  await settleRound(world, played);
  await world.send(3, world.deployment.token, coveyTokenAbi, 'approve', [world.deployment.voteEscrow, 2n ** 255n]);
  await world.send(3, world.deployment.voteEscrow, voteEscrowAbi, 'lock', [parseEther('1000'), 30 * 86_400]);
  await world.send(5, world.deployment.token, coveyTokenAbi, 'delegate', [account(2)]);
  await server.caughtUp();
  const client = world.anvil.publicClient;
  const token = { address: world.deployment.token, abi: coveyTokenAbi } as const;
  const transfers = await client.getContractEvents({ ...token, eventName: 'Transfer', fromBlock: 0n, strict: true });
  const holders = [...new Set(transfers.flatMap(({ args }) => [args.from, args.to]))].filter((one) => BigInt(one) > 0n);
  expect(holders.length).toBeGreaterThan(12);
  const powers: bigint[] = [];
  for (const holder of holders) {
    const ask = (functionName: 'getVotes' | 'votingUnits' | 'delegates') =>
      client.readContract({ ...token, functionName, args: [holder] } as const);
    const found = await delegateAt(holder);
    expect([holder, found.votingPower, found.units, found.delegatesTo ?? `0x${'0'.repeat(40)}`]).toEqual([
      holder,
      `${await ask('getVotes')}`,
      `${await ask('votingUnits')}`,
      await ask('delegates'),
    ]);
    const power = BigInt(found.votingPower);
    expect(found.delegatorList.reduce((sum, one) => sum + BigInt(one.units), 0n)).toBe(power);
    expect(BigInt(found.powerHistory.at(-1)?.power ?? 0)).toBe(power);
    if (power > 0n) powers.push(power);
  }
  const page = await read(server, delegates, { query: { limit: 100 } });
  expect(page.items.map(({ votingPower }) => BigInt(votingPower))).toEqual(
    powers.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0)),
  );
  expect(page.items.find(({ address }) => address === account(2))).toMatchObject({ delegators: 1 });
  expect((await delegateAt(account(4))).isNode).toBe(true);
});

test('hostile texts harm nobody', async () => {
  const timestamp = await chainTime(world);
  const named = (name: string) => ({
    timestamp,
    profile: JSON.stringify({ name, about: '<script>alert(1)</script>' }),
  });
  const statement = { space, timestamp, about: '', discourse: '', status: 'ACTIVE', network: 's' };
  const huge = { ...statement, statement: '# x\n'.repeat(25_000) };
  await expect(say(world, server, { account: 6, kind: 'statement', message: huge })).rejects.toThrow('refused');
  const long = { ...statement, statement: `<img src=x onerror=alert(1)>\n${'é'.repeat(5_000)}` };
  const hidden = { ...statement, statement: `A statement\u0007 of ours` };
  await expect(say(world, server, { account: 6, kind: 'statement', message: hidden })).rejects.toThrow(/U\+0007/);
  const reversed = named('<b>Eve\u202e</b>');
  await expect(say(world, server, { account: 6, kind: 'profile', message: reversed })).rejects.toThrow(/U\+202E/);
  await say(world, server, { account: 6, kind: 'profile', message: named('<b>Eve </b>') });
  await say(world, server, { account: 6, kind: 'statement', message: long });
  const found = await delegateAt(account(6));
  expect(found.profile).toEqual({ name: '<b>Eve </b>', about: '<script>alert(1)</script>', avatar: null });
  expect(found.statement?.statement).toBe(long.statement);
  for (const query of [{ search: 'eve' }, { search: account(6).slice(4, 20) }, { statement: 'true' as const }]) {
    const { items, total } = await read(server, delegates, { query: query });
    expect([total, items[0]?.address]).toEqual([1, account(6)]);
    expect(items[0]?.statement?.excerpt).toMatch(/^<img src=x onerror=alert\(1\)> é+…$/);
    expect(items[0]?.statement?.excerpt.length).toBe(280);
  }
  expect((await read(server, delegates, { query: { search: "%_\\'; drop" } })).total).toBe(0);
});
