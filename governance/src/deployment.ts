import { z } from 'zod';
import { beaconKinds } from '@covey/contracts/abi/deployment';
import type { Deployment } from '@covey/contracts/abi/deployment';

const address = z.templateLiteral(['0x', z.string().regex(/^[0-9a-fA-F]{40}$/)]);
const natural = z.number().int().nonnegative();

/** A deployment file, as `deployCovey` gives it and every client reads it. */
export const deploymentSchema = z.object({
  chainId: natural,
  startBlock: natural,
  dao: address,
  tokenVoting: address,
  pluginSetupProcessor: address,
  token: address,
  policy: address,
  stakeManager: address,
  taskManager: address,
  roundManager: address,
  submissions: address,
  attestations: address,
  results: address,
  rewardDistributor: address,
  slashCourt: address,
  modelMarket: address,
  keyEscrow: address,
  hostRegistry: address,
  inferenceChannels: address,
  answerCases: address,
  inferenceDesk: address,
  voteEscrow: address,
  emission: address,
  beacon: address,
  beaconKind: z.enum(beaconKinds),
  snapshotVoting: address.optional(),
}) satisfies z.ZodType<Deployment>;
