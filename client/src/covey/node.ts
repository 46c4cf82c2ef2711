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
import {
  acceptOperator,
  allocate,
  dismissOperator,
  offerOperator,
  resignOperator,
  type AllocateParameters,
} from '../stake/allocate.ts';
import { readActingFor, readAllocation, readAllocations, readOperator } from '../stake/read-allocations.ts';
import { readPosition } from '../stake/read-position.ts';
import type { CoveyContext } from './context.ts';

/** One node's pool of stake. Positions in it are those of the wallet's account, where no other owner is named. */
export function nodeOf({ chain, writer }: CoveyContext, address: Address) {
  const own = () => writer().sender.address;
  return {
    /** Active stake, own and delegated, in wei. */
    read: () => readStake(chain, address),
    position: async (owner: Address = own()) => readPosition(chain, address, owner),
    /** What it has allocated to tasks or rounds hold, and the ratio that is left. */
    allocations: () => readAllocations(chain, address),
    allocation: (taskId: bigint) => readAllocation(chain, address, taskId),
    /** Who acts for it in rounds; null where it acts itself. */
    operator: () => readOperator(chain, address),
    /** For which node this account acts. */
    actingFor: () => readActingFor(chain, address),
    /** Allocates a part of the wallet's own pool to a task. */
    allocate: async (allocation: AllocateParameters, onEvent?: OnAction) => allocate(writer(), allocation, onEvent),
    /** The wallet offers an account to act for it; null withdraws the offer. */
    offerOperator: async (operator: Address | null) => offerOperator(writer(), operator),
    /** The wallet takes the office that this node offered. */
    acceptOperator: async () => acceptOperator(writer(), address),
    /** The wallet acts itself again. */
    dismissOperator: async () => dismissOperator(writer()),
    /** The wallet acts for its node no longer. */
    resignOperator: async () => resignOperator(writer()),
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
