import { BuyerKeys, readOrder } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { useConfig } from '@wagmi/vue';
import { getConnectorClient } from '@wagmi/vue/actions';
import type { Address } from 'viem';
import type { AppConfig } from '../../../api/endpoints.ts';
import { writerOf } from '../../../chain/covey.ts';
import { webError } from '../../../errors.ts';
import type { OwnKey } from './messages.ts';

/** By account: its wallet is asked for the signature once as long as the page lives. It is kept nowhere else. */
const known = new Map<string, BuyerKeys>();
/** Whose wallets have signed the same twice. */
const steady = new WeakSet<BuyerKeys>();

/** The keys of what the connected account buys, which follow from a signature of its wallet. */
export function useBuyerKeys(config: AppConfig) {
  const wagmi = useConfig();

  async function writer(account: Address): Promise<CoveyWriter> {
    return writerOf(config, await getConnectorClient(wagmi, { account }));
  }

  function keysOf(covey: CoveyWriter): BuyerKeys {
    const { chainId, keyEscrow } = covey.deployment;
    const place = [chainId, keyEscrow, covey.sender.address].join();
    const keys = known.get(place) ?? new BuyerKeys(covey);
    known.set(place, keys);
    return keys;
  }

  /** The secret that an order was made with. */
  async function keyOf(account: Address, orderId: string): Promise<OwnKey> {
    const covey = await writer(account);
    return await keysOf(covey).of(await readOrder(covey, BigInt(orderId)));
  }

  /**
   * Keys to order with. Wallets that split their key between machines sign differently each time: with those a buyer would pay
   * and could never unwrap what is delivered, so they sign twice before the first order.
   */
  async function steadyKeys(covey: CoveyWriter, listingId: bigint): Promise<BuyerKeys> {
    const keys = keysOf(covey);
    if (steady.has(keys)) return keys;
    const once = await keys.next(listingId);
    const again = await new BuyerKeys(covey).next(listingId);
    if (once.publicKey !== again.publicKey) {
      known.clear();
      throw webError('WEB_SIGNATURE_DIFFERS', 'The two signatures of your wallet differ.');
    }
    steady.add(keys);
    return keys;
  }

  return { writer, keyOf, steadyKeys };
}
