import {
  isClosed,
  readActingFor,
  readAllocations,
  readBalance,
  readCandidate,
  readStake,
  readTask,
  readTaskCount,
} from '@covey/client';
import type { AllocationOnChain, CoveyChain, OwnCandidacy } from '@covey/client';
import { allocatedStake } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import { countText, coveyText, durationText, etherText } from '../../quantities.ts';
import { momentText } from '../words/moment.ts';
import { accountOf } from '../account.ts';
import { ethereumAddress } from '../arguments.ts';
import { openChain } from '../context.ts';
import { defineCommand, optional } from '../define-command.ts';
import { accountOptions } from '../options.ts';
import { nextSteps, stepLines, type NextStep } from '../task-view/next-steps.ts';
import { readSituation, type Situation } from '../task-view/situation.ts';
import { phrase, say } from '../words/say.ts';

/** Tasks looked at for own ones, the newest first. */
const newest = 32n;

export const status = defineCommand({
  name: 'status',
  summary: 'Where am I: the chain, the account, its stake and seats, and what is due next',
  examples: ['status', 'status --account 0x… --json'],
  options: {
    ...accountOptions,
    account: optional('--account <address>', 'of whom (default: the own account)', ethereumAddress),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const { number, timestamp } = await covey.publicClient.getBlock();
    const age = Math.max(0, Math.round(Date.now() / 1000) - Number(timestamp));
    const chain = { chainId: covey.deployment.chainId, block: number, timestamp, ageSeconds: age };
    const account = options.account ?? (await accountOf(options)) ?? null;
    const own = account === null ? null : await readOwn(covey, account);
    out.result('covey.status/1', { chain, account, ...(own ?? {}), tasks: own?.tasks.map(shown) ?? [] }, [
      say`chain   ${chain.chainId}, block ${countText(number)}, ${durationText(age)} old`,
      ...(own
        ? ownLines(account!, own, timestamp)
        : [say`no account is named: make one with ${'`covey account new`'}`]),
    ]);
  },
});

interface Own {
  native: bigint;
  tokens: bigint;
  node: Address;
  stake: { own: bigint; delegated: bigint };
  allocations: AllocationOnChain[];
  tasks: TaskOfOwn[];
}

interface TaskOfOwn {
  situation: Situation;
  /** What it joined the running round with; null where it did not. */
  candidacy: OwnCandidacy | null;
  next: NextStep[];
}

async function readOwn(covey: CoveyChain, account: Address): Promise<Own> {
  const [native, tokens, node] = await Promise.all([
    covey.publicClient.getBalance({ address: account }),
    readBalance(covey, account),
    readActingFor(covey, account),
  ]);
  const [stake, { allocations }, created] = await Promise.all([
    readStake(covey, node),
    readAllocations(covey, node),
    createdBy(covey, account),
  ]);
  const ids = new Set([...allocations.map(({ taskId }) => taskId), ...created]);
  const tasks = await Promise.all([...ids].map(async (taskId) => await readOwnTask(covey, taskId, account, node)));
  return { native, tokens, node, stake, allocations, tasks };
}

async function createdBy(covey: CoveyChain, account: Address): Promise<bigint[]> {
  const count = await readTaskCount(covey);
  const ids = Array.from({ length: Number(count < newest ? count : newest) }, (_, i) => count - BigInt(i));
  const tasks = await Promise.all(ids.map(async (taskId) => await readTask(covey, taskId)));
  return tasks.filter(({ creator }) => isAddressEqual(creator, account)).map(({ taskId }) => taskId);
}

async function readOwnTask(covey: CoveyChain, taskId: bigint, account: Address, node: Address): Promise<TaskOfOwn> {
  // An operator stands where its node stands, but creates for itself.
  const mine = await readSituation(covey, taskId, account);
  const situation = mine.standing === 'visitor' ? await readSituation(covey, taskId, node) : mine;
  const { round } = situation;
  const candidacy = round && !isClosed(round.phase) ? await readCandidate(covey, round, node) : null;
  return { situation, candidacy, next: nextSteps(situation) };
}

const shown = ({ situation: { task, round, standing }, candidacy, next }: TaskOfOwn) => ({
  taskId: task.taskId,
  state: task.state,
  standing,
  round: round && !isClosed(round.phase) ? { round: round.round, phase: round.phase } : null,
  seats: candidacy?.seats ?? null,
  next,
});

function ownLines(account: Address, own: Own, now: bigint): string[] {
  const { native, tokens, node, stake, allocations, tasks } = own;
  return [
    say`account ${account}`,
    say`has     ${coveyText(tokens)}, and ${etherText(native)} for gas`,
    ...(isAddressEqual(node, account) ? [] : [say`acts for node ${node}`]),
    say`stake   ${coveyText(stake.own)} of its own, ${coveyText(stake.delegated)} delegated`,
    ...allocations.map(({ taskId, role, ratio }) => {
      const part = coveyText(allocatedStake(stake.own, ratio));
      return say`        task ${taskId} has ${part} of it, as ${phrase(role)}`;
    }),
    ...tasks.flatMap((task) => taskLines(task, now)),
    ...(tasks.length === 0 ? [say`no task: ${'`covey task list`'} shows what there is`] : []),
  ];
}

function taskLines({ situation: { task, round, standing }, candidacy, next }: TaskOfOwn, now: bigint): string[] {
  const running = round && !isClosed(round.phase) ? say`, round ${round.round}: ${phrase(round.phase)}` : '';
  const seats = candidacy ? say`, joined with ${candidacy.seats} seats` : '';
  return [
    `${say`task ${task.taskId} as ${phrase(standing)}: ${phrase(task.state)}`}${running}${seats}`,
    ...stepLines(next, (time) => momentText(time, now)),
  ];
}
