import { deploymentSchema } from '@covey/governance/deployment';
import { z } from 'zod';
import { bytes32, decimal, index, seconds } from './primitives.ts';

export const configSchema = z.object({
  chainId: index,
  /** JSON-RPC address for browsers. */
  rpcUrl: z.string(),
  deployment: deploymentSchema,
  /** Path of the trustless gateway on this origin: `${ipfsGateway}/<cid>`. */
  ipfsGateway: z.string(),
  /** Path of the Kubo-compatible RPC on this origin. */
  ipfsRpc: z.string(),
  /** Whether the chain is the local demo chain with unlocked test accounts. */
  demo: z.boolean(),
  snapshot: z.object({
    space: z.string(),
    /** Path that Snapshot clients post signed messages to. */
    sequencer: z.string(),
    graphql: z.string(),
  }),
  token: z.object({ name: z.string(), symbol: z.string(), decimals: index }),
});
export type Config = z.output<typeof configSchema>;

export const statsSchema = z.object({
  /** Head of the chain as the index knows it. */
  block: z.object({ number: index, hash: bytes32, timestamp: seconds }),
  tasks: z.object({
    total: index,
    proposed: index,
    approved: index,
    completed: index,
    rejected: index,
    stopped: index,
  }),
  rounds: z.object({ total: index, running: index, claimable: index, void: index }),
  submissions: index,
  nodes: index,
  trainers: index,
  validators: index,
  proposals: index,
  snapshotProposals: index,
  slashCases: z.object({ total: index, open: index, executed: index, overturned: index }),
  models: index,
  purchases: index,
  /** Rounds whose emission was brought. */
  emissionMints: index,
  /** Wei: active stake of nodes' own and delegated, what is locked for votes, what emission has minted. */
  totalStaked: decimal,
  totalDelegated: decimal,
  totalLocked: decimal,
  totalEmitted: decimal,
  totalSupply: decimal,
  totalFunded: decimal,
  totalPaidOut: decimal,
  totalSlashed: decimal,
});
export type Stats = z.output<typeof statsSchema>;

export const healthSchema = z.object({
  status: z.enum(['ready', 'syncing', 'degraded']),
  version: z.string(),
  uptimeSeconds: z.number(),
  chain: z.object({
    indexedBlock: index.nullable(),
    headBlock: index.nullable(),
    lastError: z.string().nullable(),
    /** Events that could not be taken in; the server's log says why. */
    skippedEvents: index,
  }),
});
export type Health = z.output<typeof healthSchema>;
