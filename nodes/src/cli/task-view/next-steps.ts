// What is to be done about a task now, by an account that is something to it, and until when: from the chain alone.
import { isClosed, nextMove, reached } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import { coveyText } from '../../quantities.ts';
import { say } from '../words/say.ts';
import type { Situation } from './situation.ts';

export interface NextStep {
  what: string;
  /** Without `covey`. */
  command?: string;
  /** When it is too late, unix seconds of the chain. */
  until?: number;
}

/** The most urgent first. */
export function nextSteps(situation: Situation): NextStep[] {
  const { task, round } = situation;
  if (task.state === 'proposed') return [...proposed(situation), ...funding(situation)];
  if (task.state !== 'approved') return ended(situation);
  if (round && !isClosed(round.phase)) return inRound(situation);
  return task.roundsClosed < task.rounds
    ? [...funding(situation), ...betweenRounds(situation)]
    : afterRounds(situation);
}

function proposed({ task: { taskId, expiresAt }, standing }: Situation): NextStep[] {
  const vote: NextStep = {
    what: say`the DAO decides; who has the votes puts the approval to the vote`,
    command: `proposal create --form task.approve --set taskId=${taskId} --title "Approve task ${taskId}" --vote yes`,
    until: Number(expiresAt),
  };
  if (standing !== 'creator') return [vote];
  return [vote, { what: say`or take it back: its stake is returned`, command: `task expire --task ${taskId}` }];
}

/** What the rounds left need at least, beside what is there and waits. */
function funding({ task, policy }: Situation): NextStep[] {
  const { taskId, rounds, roundsClosed, value, common, waiting } = task;
  const missing = policy.minRoundPool * BigInt(rounds - roundsClosed) - (value + common + waiting);
  if (missing <= 0n) return [];
  const amount = coveyText(missing).replace(' COVEY', '').replaceAll(',', '');
  const what = say`fund it: its rounds need ${coveyText(missing)} more at least`;
  return [{ what, command: `task fund --task ${taskId} --amount ${amount}` }];
}

function betweenRounds({ task, policy, standing }: Situation): NextStep[] {
  const { taskId, expiresAt, nextPool } = task;
  const until = Number(expiresAt);
  if (standing === 'trainer')
    return [{ what: say`be there when the next round opens`, command: `train --task ${taskId} --data FILE` }];
  if (standing === 'validator')
    return [{ what: say`be there when the next round opens`, command: `validate --task ${taskId}` }];
  if (standing === 'visitor') {
    const what = say`take part from the next round on: stake, and allocate to this task before it opens`;
    return [{ what, command: `stake allocate --task ${taskId} --role trainer --ratio 1` }];
  }
  if (nextPool < policy.minRoundPool) return [];
  const open = `task open --task ${taskId}`;
  if (standing === 'opener') return [{ what: say`open the next round`, command: open, until }];
  const what = say`run the task: it opens rounds, publishes their keys on time and completes it`;
  return [
    { what, command: `creator --task ${taskId} --keys FILE`, until },
    { what: say`or open the next round by hand`, command: open, until },
  ];
}

/** Who does what in each phase; nodes that run do it by themselves. */
function inRound(situation: Situation): NextStep[] {
  const { task, round, now, standing } = situation;
  const { taskId } = task;
  const { phase, endsAt } = nextMove(round!, now);
  const until = endsAt === null ? {} : { until: endsAt };
  if (standing === 'creator' || standing === 'opener') return keySteps(situation, phase, until);
  if (standing === 'validator')
    return [
      {
        what: say`keep the validator running until the round is closed`,
        command: `validate --task ${taskId}`,
        ...until,
      },
    ];
  if (standing === 'trainer') {
    if (!reached(phase, 'attest'))
      return [
        {
          what: say`keep the training node running: it joins, trains, commits and reveals`,
          command: `train --task ${taskId} --data FILE`,
          ...until,
        },
      ];
    return [
      {
        what: say`the round is scored; what it pays is claimed by the node, or by hand`,
        command: `claim --task ${taskId} --round ${round!.round}`,
      },
    ];
  }
  const what = say`a round is under way: allocate now to take part in the next one`;
  return [{ what, command: `stake allocate --task ${taskId} --role trainer --ratio 1` }];
}

function keySteps(
  { task: { taskId }, round, standing }: Situation,
  phase: RoundPhaseName,
  until: { until?: number },
): NextStep[] {
  const key = round!.deadlines.key;
  const creates = standing === 'creator';
  if (phase === 'key' && round!.key === null && creates) {
    const what = say`publish this round’s key now: a key that does not come costs the creation stake`;
    return [{ what, command: `task publish-key --task ${taskId} --round ${round!.round} --keys FILE`, ...until }];
  }
  if (creates && round!.key === null && !reached(phase, 'key')) {
    const what = say`keep the creator running: this round’s key is due in its window`;
    return [{ what, command: `creator --task ${taskId} --keys FILE`, ...(key > 0 && { until: key }) }];
  }
  return [
    {
      what: say`nothing of yours is due: a keeper, or anybody, moves the round on`,
      command: `keeper --task ${taskId}`,
    },
  ];
}

function afterRounds({ task: { taskId, expiresAt }, standing }: Situation): NextStep[] {
  if (standing !== 'creator') return [{ what: say`the creator opens the hold-out; nothing of yours is due` }];
  const what = say`open the hold-out: the creation stake comes back, and is lost if the key does not come`;
  return [{ what, command: `task complete --task ${taskId} --keys FILE`, until: Number(expiresAt) }];
}

function ended({ task: { taskId, roundsOpened, roundsClosed }, funding: { units, waiting } }: Situation): NextStep[] {
  const steps: NextStep[] = [];
  if (units + waiting > 0n)
    steps.push({
      what: say`get back ${coveyText(units + waiting)} that were not spent`,
      command: `task refund --task ${taskId}`,
    });
  if (roundsOpened > roundsClosed)
    steps.push({ what: say`its open round still closes`, command: `keeper --task ${taskId}` });
  return steps;
}

/** `fund it … (until …): covey task fund …`. */
export function stepLines(steps: readonly NextStep[], until: (time: number) => string): string[] {
  return steps.flatMap((step) => [
    `  ${step.what}${step.until === undefined ? '' : ` (${say`until ${until(step.until)}`})`}`,
    ...(step.command === undefined ? [] : [`    covey ${step.command}`]),
  ]);
}
