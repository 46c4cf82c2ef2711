import { nextMove, type TaskOnChain } from '@covey/client';
import { usualEncodings, type TaskDocument } from '@covey/protocol';
import { nameOfArithmetic } from '@covey/wasm-core';
import { coveyText } from '../../../quantities.ts';
import { momentText } from '../../words/moment.ts';
import { accountOf } from '../../account.ts';
import { openChain, openReader } from '../../context.ts';
import { ethereumAddress } from '../../arguments.ts';
import { defineCommand, oneOf, optional } from '../../define-command.ts';
import { accountOptions, readerOptions, taskOption } from '../../options.ts';
import { kindOf } from '../../task-view/kind-of.ts';
import { nextSteps, stepLines } from '../../task-view/next-steps.ts';
import {
  lookUpDocument,
  readPlayed,
  readSituation,
  standings,
  type PlayedRound,
  type Situation,
} from '../../task-view/situation.ts';
import { list, phrase, say, sentence } from '../../words/say.ts';

export const taskShow = defineCommand({
  name: 'task show',
  summary: 'Show a task: where it is, its deadlines, what it pays, and what to do next',
  examples: [
    'task show --task 1',
    'task show --task 1 --account 0x…   # what is next for that account',
    'task show --task 1 --role validator',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...taskOption,
    account: optional('--account <address>', 'for whom (default: the own account)', ethereumAddress),
    role: oneOf('--role <role>', 'as what (default: what the account is to the task)', standings),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const account = options.account ?? (await accountOf(options)) ?? null;
    const situation = await readSituation(covey, options.task, account, options.role);
    const { task, round, now, standing, funding } = situation;
    const [looked, played] = await Promise.all([
      lookUpDocument(openReader(options), task),
      readPlayed(covey, task.taskId),
    ]);
    const about = 'document' in looked ? aboutOf(looked.document) : null;
    const next = nextSteps(situation);
    const phase = round && nextMove(round, now);
    out.result(
      'covey.task-show/3',
      {
        ...task,
        now,
        about,
        round: round?.round ?? null,
        phase: phase?.phase ?? null,
        phaseEndsAt: phase?.endsAt ?? null,
        played,
        account,
        standing,
        funding,
        next,
      },
      [
        ...headLines(task, looked),
        ...stateLines(situation),
        ...budgetLines(task, funding),
        ...played.map(playedLine),
        say`next for you as ${phrase(standing)}:`,
        ...(next.length === 0 ? [say`  nothing: the task is over`] : stepLines(next, (time) => momentText(time, now))),
      ],
    );
  },
});

/** What people ask of a document. */
function aboutOf(document: TaskDocument) {
  const {
    name,
    mode,
    metric,
    aggregation,
    ranking,
    architecture,
    licence = null,
    cost,
    training,
    data = null,
  } = document;
  return {
    ...{ name, mode, metric, rule: aggregation.rule, ranking, licence, cost, training, data },
    kind: kindOf(architecture),
    loss: architecture.loss ?? 'cross-entropy',
    encodings: document.encodings ?? (mode === 'arena' ? ['f32'] : usualEncodings),
    arithmetic: nameOfArithmetic(architecture.arithmetic),
  };
}

function headLines(task: TaskOnChain, looked: { document: TaskDocument } | { problem: string }): string[] {
  const { taskId, document, creator, opener } = task;
  const opens = opener ? [say`rounds may be opened by ${opener} too`] : [];
  const from = [
    say`document ${document}`,
    say`creator ${creator}, with ${coveyText(task.creationStake)} at stake for its keys`,
    ...opens,
  ];
  if ('problem' in looked)
    return [
      say`task ${taskId}`,
      say`its document cannot be read: ${sentence(looked.problem) ?? looked.problem}`,
      ...from,
    ];
  const { name, mode, kind, rule, ranking, loss, arithmetic, metric, licence, ...rest } = aboutOf(looked.document);
  const how = mode === 'arena' ? say`the best model wins` : say`updates by ${rule}, paid by ${phrase(ranking)}`;
  return [
    say`task ${taskId}: ${name}`,
    say`${list([phrase(kind), phrase(mode)])}: ${how}`,
    say`scored by ${loss} in ${arithmetic}, reported as ${metric}; updates as ${list(rest.encodings)}`,
    licence === null ? say`licence of the models: none is named` : say`licence of the models: ${licence}`,
    ...from,
  ];
}

function stateLines({ task, round, now }: Situation): string[] {
  const { rounds, roundsClosed, state, expiresAt } = task;
  const lines = [say`${phrase(state)}, ${roundsClosed} of ${rounds} rounds closed`];
  const move = round && nextMove(round, now);
  if (round && move && roundsClosed < task.roundsOpened) {
    const ends =
      move.endsAt === null ? say`waits for somebody to move it on` : say`until ${momentText(move.endsAt, now)}`;
    lines.push(say`round ${round.round}: ${phrase(move.phase)}, ${ends}`);
    lines.push(
      say`${round.trainerCandidates} training nodes and ${round.validatorCandidates} validators joined, ${round.submissions} submissions`,
    );
    return lines;
  }
  if (state === 'proposed') lines.push(say`the DAO has until ${momentText(expiresAt, now)}`);
  if (state === 'approved' && roundsClosed < rounds)
    lines.push(say`its next round must open before ${momentText(expiresAt, now)}`);
  if (state === 'approved' && roundsClosed === rounds)
    lines.push(say`the key of its hold-out is due before ${momentText(expiresAt, now)}`);
  return lines;
}

function budgetLines(
  { value, common, waiting, nextPool }: TaskOnChain,
  { units, waiting: own }: Situation['funding'],
): string[] {
  const lines = [
    say`budget: ${coveyText(value)} of funders, ${coveyText(common)} of nobody, ${coveyText(waiting)} waiting for the open round`,
    say`the next round’s pool: ${coveyText(nextPool)}`,
  ];
  return units + own > 0n ? [...lines, say`of it yours: ${coveyText(units + own)}`] : lines;
}

function playedLine({ round, phase, voidReason, pool, rewards }: PlayedRound): string {
  const all = coveyText(pool.units + pool.common);
  if (phase === 'void') return say`round ${round}: void (${phrase(voidReason)}), nothing of ${all} was spent`;
  if (!rewards) return say`round ${round}: ${phrase(phase)}, pool ${all}`;
  const { secured, paid, carried, claimsLeft } = rewards;
  return say`round ${round}: ${coveyText(secured)} of ${all} to pay, ${coveyText(paid)} claimed, ${claimsLeft} claims left, ${coveyText(carried)} carried on`;
}
