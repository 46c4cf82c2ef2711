import { emissionAbi } from '@covey/contracts/abi';
import { parseEventLogs } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';

/** The emission as the chain has it; wei but for counts and weights. */
export interface EmissionOnChain {
  minted: bigint;
  mints: bigint;
  /** Unix seconds from when `mint` may be called. */
  nextMintAt: bigint;
  nextAmount: bigint;
  communityShare: bigint;
  totalWeight: bigint;
}

export async function readEmission({ publicClient, deployment }: CoveyChain) {
  const contract = { address: deployment.emission, abi: emissionAbi } as const;
  try {
    const [minted, mints, nextMintAt, nextAmount, communityShare, totalWeight, epoch] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'minted' }),
      publicClient.readContract({ ...contract, functionName: 'mints' }),
      publicClient.readContract({ ...contract, functionName: 'nextMintAt' }),
      publicClient.readContract({ ...contract, functionName: 'nextAmount' }),
      publicClient.readContract({ ...contract, functionName: 'communityShare' }),
      publicClient.readContract({ ...contract, functionName: 'totalWeight' }),
      publicClient.readContract({ ...contract, functionName: 'epoch' }),
    ]);
    return { minted, mints, nextMintAt, nextAmount, communityShare, totalWeight, epoch };
  } catch (cause) {
    throw chainError(cause, 'reading the emission');
  }
}

/** Mints the day's amount; null when it is too early or no task has a weight. */
export async function mintEmission(
  covey: CoveyWriter,
  onEvent: OnAction = ignoreActions,
): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await ignoring(['MintTooEarly', 'NothingToEmitTo'], () =>
    covey.sender.send({ address: covey.deployment.emission, abi: emissionAbi, functionName: 'mint', args: [] }),
  );
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: emissionAbi, eventName: 'Minted', logs: sent.logs, strict: true });
  // A mint that starts an epoch mints nothing.
  const amount = event?.args.amount ?? 0n;
  onEvent({ event: 'emission-minted', amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, amount };
}

/** Brings a task's weight up to date and moves what it earned into its budget. */
export async function syncEmission(
  covey: CoveyWriter,
  taskId: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { amount: bigint }> {
  const sent = await covey.sender.send({
    address: covey.deployment.emission,
    abi: emissionAbi,
    functionName: 'sync',
    args: [taskId],
  });
  const [event] = parseEventLogs({ abi: emissionAbi, eventName: 'EmissionPaid', logs: sent.logs, strict: true });
  const amount = event?.args.amount ?? 0n;
  onEvent({ event: 'emission-synced', taskId, amount, tx: sent.tx, gasUsed: sent.gasUsed });
  return { ...sent, amount };
}
