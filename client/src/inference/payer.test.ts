import { parseEther, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import { Payer } from './payer.ts';
import { memoryPurse } from './purse.ts';

const signer = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const deployment = { chainId: 1, inferenceChannels: signer.address };
const host = '0x00000000000000000000000000000000000000aa';
const channelOf = (n: number): Hex => `0x${String(n).padStart(64, '0')}`;
const price = parseEther('1');

/** A payer whose channels hold what `held` says of them; null: closed. */
function paying(held: (channel: Hex) => bigint | null) {
  let opened = 0;
  const payer = new Payer({
    ...{ deployment, signer, purse: memoryPurse() },
    channelFor: () => Promise.resolve(channelOf(++opened)),
    cover: (channel) => Promise.resolve(held(channel)),
  });
  return { payer, opened: () => opened };
}

it('a request that could not be covered is not owed for by the next', async () => {
  let held = 0n;
  const { payer } = paying(() => held);
  for (let tries = 0; tries < 3; tries++) await expect(payer.pay(host, price)).rejects.toThrow(/holds less/);
  expect(await payer.entry(host)).toMatchObject({ spent: 0n, signed: 0n });
  held = parseEther('10');
  expect((await payer.pay(host, price)).header.split(':')[1]).toBe(String(price));
});

it('a request whose signature was refused is not owed for either', async () => {
  let refuses = true;
  const payer = new Payer({
    ...{ deployment, purse: memoryPurse() },
    signer: {
      address: signer.address,
      signTypedData: (typed) => (refuses ? Promise.reject(new Error('refused')) : signer.signTypedData(typed)),
    },
    channelFor: () => Promise.resolve(channelOf(1)),
    cover: () => Promise.resolve(parseEther('10')),
  });
  await expect(payer.pay(host, price)).rejects.toThrow('refused');
  refuses = false;
  await payer.pay(host, price);
  expect(await payer.entry(host)).toMatchObject({ spent: price, signed: price });
});

it('a channel that its host closed is left, and another opened once for all requests under way', async () => {
  const { payer, opened } = paying((channel) => (channel === channelOf(1) ? null : parseEther('10')));
  const paid = await Promise.all([1, 2, 3].map(() => payer.pay(host, price)));
  expect(opened()).toBe(2);
  expect(paid.map(({ channel }) => channel)).toEqual([channelOf(2), channelOf(2), channelOf(2)]);
  expect(await payer.entry(host)).toMatchObject({ channel: channelOf(2), spent: 3n * price });
});

it('looks at the chain again once a host refused: it may have closed the channel', async () => {
  let closed = false;
  const { payer } = paying((channel) => (closed && channel === channelOf(1) ? null : parseEther('10')));
  const first = await payer.pay(host, price);
  closed = true;
  await first.takeBack();
  expect((await payer.pay(host, price)).channel).toBe(channelOf(2));
});
