import { keyEscrowAbi } from '@covey/contracts/abi';
import { encodeAbiParameters, encodeEventTopics, type Address, type Hex, type Log } from 'viem';
import { expect, it } from 'vitest';
import { eventIn, eventsIn } from './event-in.ts';

const [escrow, token, account] = ['11', '22', '33'].map((byte): Address => `0x${byte.repeat(20)}`) as [
  Address,
  Address,
  Address,
];

function withdrawn(address: Address, amount: bigint): Log {
  const topics = encodeEventTopics({ abi: keyEscrowAbi, eventName: 'Withdrawn', args: { account, token } });
  const data = encodeAbiParameters([{ type: 'uint256' }], [amount]);
  return { address, topics, data } as unknown as Log;
}

const receiptOf = (...logs: Log[]) => ({ logs, transactionHash: '0x' as Hex }) as Parameters<typeof eventIn>[0];

it('what a token logs under a contract’s name for it is not the contract’s', () => {
  const receipt = receiptOf(withdrawn(token, 9n), withdrawn(escrow, 1n), withdrawn(escrow, 2n));
  const amounts = eventsIn(receipt, escrow, keyEscrowAbi, 'Withdrawn').map(({ args }) => args.amount);
  expect(amounts).toEqual([1n, 2n]);
  expect(eventIn(receipt, escrow, keyEscrowAbi, 'Withdrawn').args.amount).toBe(1n);
  expect(() => eventIn(receiptOf(withdrawn(token, 9n)), escrow, keyEscrowAbi, 'Withdrawn')).toThrow(
    expect.objectContaining({ code: 'EVENT_MISSING' }),
  );
});
