import { resultsAbi } from '@covey/contracts/abi';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { readPolicy } from '../chain/read-policy.ts';
import { readRewards } from '../chain/read-rewards.ts';
import type { RoundOnChain } from '../chain/read-round.ts';
import { readSubmissions } from '../chain/read-submissions.ts';
import { readValidators } from '../chain/read-validators.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { readAcceptedDocument } from './accepted-document.ts';

/** Everything that an accepted round's settlement depends on, from chain and content. */
export async function readSettlementInputs(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  round: number,
  options: GetOptions = {},
) {
  const accepted = await readAcceptedDocument(covey, reader, taskId, round, options);
  const { info } = accepted;
  const [policy, submissions, validators, rewards, stakeBehind] = await Promise.all([
    readPolicy(covey, info.policyVersion),
    readSubmissions(covey, info),
    readValidators(covey, info),
    readRewards(covey, info),
    readStakeBehind(covey, info),
  ]);
  return { ...accepted, policy, submissions, validators, rewards, stakeBehind };
}

/** Effective stake of the validators on the result that stands, in wei. */
async function readStakeBehind(
  covey: CoveyChain,
  { taskId, round, acceptedHash, block }: RoundOnChain,
): Promise<bigint> {
  if (acceptedHash === null) return 0n;
  try {
    const { stake } = await covey.publicClient.readContract({
      address: covey.deployment.results,
      abi: resultsAbi,
      functionName: 'agreement',
      args: [taskId, round, acceptedHash],
      blockNumber: block,
    });
    return stake;
  } catch (cause) {
    throw chainError(cause, `reading the stake behind the result of round ${round} of task ${taskId}`);
  }
}
