import type { CoveyChain } from '@covey/client';
import { getProposal, type Action } from '@covey/governance';
import { nodeError } from '../../../errors.ts';
import { proposalId } from '../../arguments.ts';
import { readCallsFile } from '../../calls-file.ts';
import { required } from '../../define-command.ts';

export const proposalOption = { proposal: required('--proposal <id>', 'proposal of TokenVoting', proposalId) };

interface CallsSource {
  proposal?: bigint | undefined;
  actions?: string | undefined;
}

/** A proposal's calls from the chain, or calls that nobody has proposed yet from a file. */
export async function readCalls(
  covey: CoveyChain,
  { proposal, actions }: CallsSource,
): Promise<{ actions: readonly Action[]; allowFailureMap: bigint; endDate: bigint }> {
  if ((proposal === undefined) === (actions === undefined)) {
    throw nodeError('CONFIG_INVALID', 'Which calls?', { expected: 'either --proposal ID or --actions FILE' });
  }
  if (proposal !== undefined) return await getProposal(covey, { proposalId: proposal });
  return { actions: await readCallsFile(actions ?? ''), allowFailureMap: 0n, endDate: 0n };
}
