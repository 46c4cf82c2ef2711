import { votingSettingsConstants } from '@covey/contracts/abi/constants';
import type { Binding, SnapshotDetail } from '../../api/endpoints.ts';

export type StepName = 'registered' | 'voting' | 'submission' | 'delay' | 'execution' | 'end';
export type StepStatus = 'done' | 'current' | 'todo' | 'bad';

export interface Step {
  name: StepName;
  status: StepStatus;
  /** Key under `binding.steps`. */
  text: string;
  /** When it ends or ended, unix seconds. */
  at?: number | undefined;
  /** Transaction that it comes from. */
  transaction?: string | undefined;
}

/** Place of the state in the life of a bound proposal: how many steps lie behind it. */
const reached: Record<Binding['state'], number> = {
  unregistered: 0,
  pending: 1,
  active: 1,
  submission: 2,
  defeated: 3,
  queued: 3,
  executable: 4,
  vetoed: 5,
  expired: 5,
  executed: 6,
};

/** The life of a bound proposal, what lies behind and what lies ahead. */
export function bindingSteps(binding: Binding, proposal: Pick<SnapshotDetail, 'start' | 'end'>): Step[] {
  const { state, registered, executed, vetoed } = binding;
  const behind = reached[state];
  const status = (index: number): StepStatus => (index < behind ? 'done' : index === behind ? 'current' : 'todo');
  const first: Step[] = [
    {
      name: 'registered',
      status: registered ? 'done' : 'current',
      text: registered ? 'registered' : 'unregistered',
      at: registered?.at,
      transaction: registered?.source.transactionHash,
    },
    state === 'pending'
      ? { name: 'voting', status: 'todo', text: 'votingStarts', at: proposal.start }
      : { name: 'voting', status: status(1), text: 'voting', at: proposal.end },
    { name: 'submission', status: status(2), text: 'submission', at: binding.submissionEnd ?? undefined },
  ];
  if (state === 'defeated') return [...first, { name: 'end', status: 'bad', text: 'defeated' }];
  if (state === 'vetoed') {
    const end: Step = {
      name: 'end',
      status: 'bad',
      text: 'vetoed',
      at: vetoed?.at,
      transaction: vetoed?.source.transactionHash,
    };
    return [...first, end];
  }
  const rest: Step[] = [
    { name: 'delay', status: status(3), text: 'delay', at: binding.executableFrom ?? undefined },
    { name: 'execution', status: status(4), text: 'execution', at: binding.executableUntil ?? undefined },
  ];
  if (state === 'executed') {
    rest[1] = {
      name: 'end',
      status: 'done',
      text: 'executed',
      at: executed?.at,
      transaction: executed?.source.transactionHash,
    };
  }
  if (state === 'expired')
    rest[1] = { name: 'end', status: 'bad', text: 'expired', at: binding.executableUntil ?? undefined };
  return [...first, ...rest];
}

/** What a result needs and has, as the contract counts: abstentions decide nothing and make no quorum. */
export function requirements(binding: Pick<Binding, 'tally' | 'minPower' | 'supportThreshold'>) {
  const votesFor = BigInt(binding.tally.for);
  const decisive = votesFor + BigInt(binding.tally.against);
  const threshold = BigInt(binding.supportThreshold ?? 0);
  const needed = BigInt(binding.minPower ?? 0);
  return {
    decisive,
    needed,
    supported: votesFor * votingSettingsConstants.RATIO_BASE > threshold * decisive,
    participated: decisive >= needed,
  };
}

/**
 * Hub votes that the chain does not count as they stand: not brought there yet, or replaced by a later one. What an alias
 * signed never counts there.
 */
export function pendingVotes(binding: Pick<Binding, 'onChain'>, votes: SnapshotDetail['votes']): number {
  const counted = new Map(binding.onChain.map(({ voter, timestamp }) => [voter.toLowerCase(), timestamp]));
  return votes.filter(
    ({ voter, created, alias }) => alias === null && (counted.get(voter.toLowerCase()) ?? -1) < created,
  ).length;
}
