import type { Deployment } from '@covey/contracts/abi';
import { createPublicClient, type Address, type PublicClient } from 'viem';
import { connect } from '../chain/chain.ts';
import type { WriteClient } from '../chain/clients.ts';
import { chainTime } from '../chain/phase.ts';
import { readPolicy, readScorer } from '../chain/read-policy.ts';
import { readTaskCount } from '../chain/read-task.ts';
import type { ContentReader } from '../content/content-store.ts';
import { readEmission } from '../emission/emission.ts';
import type { OnAction } from '../events.ts';
import { listAcceptedRounds } from '../replay/list-rounds.ts';
import { openRound } from '../round/open-round.ts';
import { claimAll } from '../settle/claim.ts';
import { readAllowance, readBalance } from '../token/read-token.ts';
import { rpcTransport } from '../transport/rpc-transport.ts';
import { proposeTask, type PublishedTask } from '../task/actions.ts';
import { contextOf } from './context.ts';
import { escrowOf } from './escrow.ts';
import { marketOf } from './market.ts';
import { nodeOf } from './node.ts';
import { roundOf, type RoundId } from './round.ts';
import { taskOf } from './task.ts';

export type CreateCoveyParameters = {
  /** Addresses of the contracts. */
  deployment: Deployment;
  /** Who signs: any viem client with an account. Without one, everything that writes throws WALLET_MISSING. */
  wallet?: WriteClient;
  /** Where documents and models come from; without one, what needs them throws CONTENT_MISSING. */
  content?: ContentReader;
} & (
  | { client: PublicClient; rpcUrls?: never; agree?: never }
  | {
      /** Endpoints of the deployment's chain, in the order of preference: one that fails is passed over for the next. */
      rpcUrls: readonly string[];
      /** How many of them must give equal answers to a read before it is accepted. Default 1. */
      agree?: number;
      client?: never;
    }
);

/** One deployment of Covey as an object. The functions that it is made of take `covey.chain`. */
export type Covey = ReturnType<typeof createCovey>;

/** Makes the object; asks nothing yet. CHAIN_DISAGREES where more endpoints shall agree than there are. */
export function createCovey({ deployment, client, rpcUrls, agree, wallet, content }: CreateCoveyParameters) {
  const { chainId } = deployment;
  const publicClient =
    client ?? (createPublicClient({ transport: rpcTransport({ urls: rpcUrls, chainId, agree }) }) as PublicClient);
  const chain = wallet ? connect({ deployment, publicClient, wallet }) : connect({ deployment, publicClient });
  const context = contextOf(chain, content);
  const { writer } = context;
  return {
    deployment,
    chain,
    /** The chain's own time, unix seconds: that of the latest mined block. */
    time: () => chainTime(chain),
    task: (taskId: bigint) => taskOf(context, taskId),
    round: (id: RoundId) => roundOf(context, id),
    node: (address: Address) => nodeOf(context, address),
    tasks: {
      /** Tasks count from 1 to this. */
      count: () => readTaskCount(chain),
      /** Proposes a published task, paying the creation stake. */
      propose: async (published: PublishedTask, onEvent?: OnAction) => proposeTask(writer(), published, onEvent),
    },
    rounds: {
      /** Every round whose result stands, the newest first. */
      accepted: () => listAcceptedRounds(chain),
      /** Opens a task's next round where that is possible; its number, or null. The creator's, or whom it named. */
      open: async (taskId: bigint) => openRound({ covey: writer(), taskId }),
      /** Claims everything that a node can claim of these rounds, in as few transfers as it takes. */
      claim: async (rounds: readonly RoundId[], node: Address = writer().sender.address) =>
        claimAll(writer(), context.content(), node, rounds),
    },
    policy: {
      /** All governed numbers at a version; without one, those in force now. */
      read: (version?: number) => readPolicy(chain, version),
      /** SHA-256 of the scorer that was approved at a version. */
      scorer: (version: number) => readScorer(chain, version),
    },
    token: {
      /** COVEY in an account itself, in wei: not what it has staked or locked. */
      balance: (owner: Address) => readBalance(chain, owner),
      /** Wei that `spender` may take from `owner`. */
      allowance: (owner: Address, spender: Address) => readAllowance(chain, owner, spender),
    },
    market: marketOf(context),
    escrow: escrowOf(context),
    emission: {
      read: () => readEmission(chain),
    },
  };
}
