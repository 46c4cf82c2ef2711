import { getChainId } from 'viem/actions';
import type { ReadClient } from './clients.ts';
import { deliver, NonceTaken, type DeliveryParameters } from './deliver.ts';
import { raised } from './fees.ts';
import { countsOf, inNextBlock, type Counts } from './nonces.ts';
import { sleep } from '../logs/sleep.ts';

export type Account = Omit<DeliveryParameters, 'transaction' | 'nonce' | 'before' | 'least' | 'onPending'>;

/**
 * The nonce for the account's next transaction: always that of the newest block, so that nothing waits behind a gap. What
 * is on its way already, of an earlier run or another process, is given its time. If no block takes it, a node that shows
 * it, signed by the account, is sent the same with a higher price; what none shows is what the next transaction replaces.
 */
export async function freeNonce(account: Account): Promise<{ nonce: number; before: bigint }> {
  const { client, what, account: signer, wallet } = account;
  for (;;) {
    const counts = await settled(account);
    const { mined: nonce, block: before } = counts;
    if (counts.all <= nonce) return { nonce, before };
    const chainId = wallet.chain?.id ?? (await getChainId(client));
    const stuck = await inNextBlock(client, { address: signer.address, nonce, chainId });
    if (!stuck) return { nonce, before };
    const { to, data, value, gas, max, tip } = stuck;
    const transaction = { ...(to && { to }), data, value, gas };
    const earlier = `An earlier transaction of the account, before: ${what}`;
    try {
      await deliver({ ...account, what: earlier, transaction, nonce, before, least: raised({ max, tip }) });
    } catch (error) {
      // It was mined as it was.
      if (!(error instanceof NonceTaken)) throw error;
    }
  }
}

/** The account's counts once nothing is on its way any more, or what is has had its time. */
async function settled({ client, account, patience, pollMs }: Account): Promise<Counts> {
  const { address } = account;
  const first = await steadily(client, address);
  const began = performance.now();
  let now = first;
  while (now.all > now.mined) {
    const isOver = now.block - first.block >= BigInt(patience.blocks) && performance.now() - began >= patience.ms;
    if (isOver) break;
    await sleep(pollMs);
    now = await steadily(client, address);
  }
  return now;
}

/** Behind a balancer the block that one node names may be unknown to the next one for a moment. */
async function steadily(client: ReadClient, address: Parameters<typeof countsOf>[1]): Promise<Counts> {
  for (const pause of [100, 400, 1_500]) {
    try {
      return await countsOf(client, address);
    } catch {
      await sleep(pause);
    }
  }
  return await countsOf(client, address);
}
