import { zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import type { CoveyWriter } from '../chain/chain.ts';
import { channelPayer } from './channel-payer.ts';
import { memoryPurse } from './purse.ts';

it('a channel that the endpoint does not have yet is not taken for a closed one: nothing more is locked', async () => {
  const host: Address = '0x00000000000000000000000000000000000000aa';
  const channel: Hex = `0x${'22'.repeat(32)}`;
  const purse = memoryPurse();
  await purse.set(host, { channel, signed: 0n, spent: 0n });
  let sent = 0;
  const channelInfo = {
    ...{ payer: zeroAddress, host: zeroAddress, signer: zeroAddress, state: 0, closeAt: 0, deposit: 0n, redeemed: 0n },
    channel: zeroHash,
  };
  const covey = {
    deployment: { chainId: 31_337, inferenceChannels: zeroAddress, token: zeroAddress },
    publicClient: { readContract: () => Promise.resolve(channelInfo) },
    sender: { address: zeroAddress, send: () => Promise.reject(new Error(`sent ${++sent}`)) },
  } as unknown as CoveyWriter;
  const signer = privateKeyToAccount(generatePrivateKey());
  const payer = channelPayer({ covey, signer, purse, deposit: 10n });
  await expect(payer.pay(host, 1n)).rejects.toMatchObject({ code: 'CHANNEL_EMPTY', got: channel });
  expect(sent).toBe(0);
  // It is there in a moment, and is not forgotten.
  expect((await purse.get(host))?.channel).toBe(channel);
});
