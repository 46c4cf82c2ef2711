import { isAddressEqual, type Address } from 'viem';
import { readStake } from '../chain/read-stake.ts';
import type { OnAction } from '../events.ts';
import {
  claimRewards,
  collect,
  delegateStake,
  requestUnstake,
  setCommission,
  stake,
  withdrawStake,
} from '../stake/actions.ts';
import { readPosition } from '../stake/read-position.ts';
import type { CoveyContext } from './context.ts';

/** One node's pool of stake. Positions in it are those of the wallet's account, where no other owner is named. */
export function nodeOf({ chain, writer }: CoveyContext, address: Address) {
  const own = () => writer().sender.address;
  return {
    /** Active stake, own and delegated, in wei. */
    read: () => readStake(chain, address),
    position: async (owner: Address = own()) => readPosition(chain, address, owner),
    /** Stakes `amount` wei: its own where the wallet is the node, delegated to it otherwise. */
    stake: async (amount: bigint, onEvent?: OnAction) =>
      isAddressEqual(own(), address)
        ? stake(writer(), amount, onEvent)
        : delegateStake(writer(), address, amount, onEvent),
    requestUnstake: async (amount: bigint) => requestUnstake(writer(), address, amount),
    withdraw: async (owner: Address = own()) => withdrawStake(writer(), address, owner),
    claimRewards: async (owner: Address = own()) => claimRewards(writer(), address, owner),
    /** Takes in what at most `max` slashes of the pool cost a position. */
    collect: async (max: bigint, owner: Address = own()) => collect(writer(), address, owner, max),
    /** Announces the wallet's own commission, 1e18 = all. */
    setCommission: async (commission: bigint) => setCommission(writer(), commission),
  };
}
