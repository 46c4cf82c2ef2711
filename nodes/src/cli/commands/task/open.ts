import { isClosed, openRound, readPolicy, readRound, readTask } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { isAddressEqual } from 'viem';
import { Candidates, type Ready } from '../../../creator/candidates.ts';
import { nodeError } from '../../../errors.ts';
import { coveyText } from '../../../quantities.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag } from '../../define-command.ts';
import { accountOptions, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskOpen = defineCommand({
  name: 'task open',
  summary: 'Open an own task’s next round; `covey creator` does it for every round',
  examples: ['task open --task 1', 'task open --task 1 --anyway   # though too few nodes are ready'],
  options: {
    ...accountOptions,
    ...taskOption,
    anyway: flag('--anyway', 'also where nobody could join it: such a round is void'),
  },
  async run(options, out) {
    const { task: taskId } = options;
    const covey = await openSender(options);
    await requireOpening(covey, taskId);
    const ready = await new Candidates(covey, taskId).count();
    if (!options.anyway) requireReady(ready);
    const round = await openRound({ covey, taskId, onEvent: (event) => out.step(event) });
    if (round === null)
      throw refused('The round could not be opened: somebody else opened it, or it changed meanwhile.');
    const { deadlines } = await readRound(covey, taskId, round);
    out.result('covey.task-open/1', { taskId, round, ...ready, joinEndsAt: deadlines.join }, [
      say`round ${round} of task ${taskId} is open; nodes join until ${new Date(deadlines.join * 1000).toISOString()}`,
      say`its key is due later: \`covey creator\` publishes it on time`,
    ]);
  },
});

const refused = (message: string, details: { expected?: string; got?: string; hint?: string } = {}) =>
  nodeError('ROUND_NOT_OPENED', message, details);

/** What the contract would refuse, said before anything is sent. */
async function requireOpening(covey: CoveyWriter, taskId: bigint): Promise<void> {
  const [task, policy] = await Promise.all([readTask(covey, taskId), readPolicy(covey)]);
  const { creator, opener, state, rounds, roundsOpened, roundsClosed, nextPool } = task;
  const { address } = covey.sender;
  if (![creator, opener].some((one) => one !== null && isAddressEqual(one, address))) {
    throw refused(`The account ${address} may not open rounds of task ${taskId}.`, {
      expected: `${creator}${opener === null ? '' : ` or ${opener}`}`,
      got: address,
      hint: 'The creator names another account with `covey task name-opener`.',
    });
  }
  if (state !== 'approved') {
    throw refused(`Task ${taskId} is not approved.`, {
      expected: 'approved by the DAO',
      got: state,
      hint: `See \`covey task show --task ${taskId}\`.`,
    });
  }
  if (roundsOpened > roundsClosed) {
    const open = await readRound(covey, taskId, roundsOpened - 1);
    if (!isClosed(open.phase))
      throw refused(`Round ${open.round} of task ${taskId} is still open.`, {
        expected: 'one round at a time',
        got: open.phase,
      });
  }
  if (roundsOpened >= rounds) {
    throw refused(`Task ${taskId} has had all of its rounds.`, {
      expected: `at most ${rounds} rounds`,
      hint: `End it with \`covey task complete --task ${taskId}\`.`,
    });
  }
  if (nextPool < policy.minRoundPool) {
    throw refused(`The next round of task ${taskId} would have too small a pool.`, {
      expected: `at least ${coveyText(policy.minRoundPool)}`,
      got: coveyText(nextPool),
      hint: `Add to its budget with \`covey task fund --task ${taskId}\`.`,
    });
  }
}

function requireReady({ trainers, validators, secured }: Ready): void {
  if (trainers > 0 && validators > 0 && secured) return;
  throw refused('A round now could only be void: too few nodes have allocated stake to the task.', {
    expected: 'a training node, a validator, and validators’ stake that secures the least pool',
    got: `${trainers} training nodes, ${validators} validators${secured ? '' : ', too little stake'}`,
    hint: 'Wait until nodes have joined the task, or open it with --anyway.',
  });
}
