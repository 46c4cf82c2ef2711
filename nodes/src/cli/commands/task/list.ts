import { isClosed, nextMove, readRound, readTask, readTaskCount, chainTime } from '@covey/client';
import type { ContentReader, CoveyChain, TaskOnChain } from '@covey/client';
import { taskStates } from '@covey/contracts/abi';
import { isAddressEqual } from 'viem';
import { kinds, type Kind } from '../../../creator/preset/architectures.ts';
import { coveyText } from '../../../quantities.ts';
import { momentText } from '../../words/moment.ts';
import { ethereumAddress, positive } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, oneOf, optional, preset } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { kindOf } from '../../task-view/kind-of.ts';
import { lookUpDocument } from '../../task-view/situation.ts';
import { list, phrase, say } from '../../words/say.ts';

/** Tasks read at once. */
const atOnce = 8;

interface Listed {
  taskId: bigint;
  state: TaskOnChain['state'];
  /** null where the document cannot be read. */
  name: string | null;
  kind: Kind | null;
  mode: string | null;
  creator: string;
  rounds: number;
  roundsClosed: number;
  phase: string | null;
  /** When its phase ends, its round must open or its proposal is over; unix seconds. */
  deadline: number | null;
  nextPool: bigint;
}

export const taskList = defineCommand({
  name: 'task list',
  summary: 'List tasks, the newest first',
  examples: ['task list', 'task list --state approved --kind image', 'task list --creator 0x… --limit 5 --json'],
  options: {
    ...chainOptions,
    ...readerOptions,
    state: oneOf('--state <state>', 'only those in this state', taskStates.slice(1)),
    kind: oneOf('--kind <kind>', 'only those of such data', kinds),
    creator: optional('--creator <address>', 'only those of this account', ethereumAddress),
    limit: preset('--limit <n>', 'how many at most', 20, positive),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const [count, now] = await Promise.all([readTaskCount(covey), chainTime(covey)]);
    const wanted = ({ state, creator }: TaskOnChain) =>
      (options.state === undefined || state === options.state) &&
      (options.creator === undefined || isAddressEqual(options.creator, creator as `0x${string}`));
    const listed: Listed[] = [];
    for (let newest = count; newest > 0n && listed.length < options.limit; newest -= BigInt(atOnce)) {
      const ids = Array.from({ length: atOnce }, (_, i) => newest - BigInt(i)).filter((id) => id > 0n);
      const tasks = (await Promise.all(ids.map((taskId) => readTask(covey, taskId)))).filter(wanted);
      const rows = await Promise.all(tasks.map((task) => listedOf(covey, openReader(options), task, Number(now))));
      listed.push(...rows.filter(({ kind }) => options.kind === undefined || kind === options.kind));
    }
    const tasks = listed.slice(0, options.limit);
    const none = [say`no such task; there are ${count} in all`];
    out.result(
      'covey.task-list/1',
      { count, now, tasks },
      tasks.length === 0 ? none : tasks.map((row) => lineOf(row, now)),
    );
  },
});

async function listedOf(covey: CoveyChain, reader: ContentReader, task: TaskOnChain, now: number): Promise<Listed> {
  const { taskId, state, creator, rounds, roundsClosed, roundsOpened, expiresAt, nextPool } = task;
  const [looked, round] = await Promise.all([
    lookUpDocument(reader, task),
    roundsOpened > roundsClosed ? readRound(covey, taskId, roundsOpened - 1) : null,
  ]);
  const move = round && !isClosed(round.phase) ? nextMove(round, now) : null;
  const waits = state === 'proposed' || state === 'approved' ? Number(expiresAt) : null;
  const about = 'document' in looked ? looked.document : null;
  return {
    ...{ taskId, state, creator, rounds, roundsClosed, nextPool },
    name: about?.name ?? null,
    kind: about && kindOf(about.architecture),
    mode: about?.mode ?? null,
    phase: move?.phase ?? null,
    deadline: move ? move.endsAt : waits,
  };
}

function lineOf(
  { taskId, name, kind, mode, state, rounds, roundsClosed, phase, deadline, nextPool }: Listed,
  now: bigint,
): string {
  const what = list([kind, mode].flatMap((word) => (word === null ? [] : [phrase(word)])));
  const until = deadline === null ? [] : [say`until ${momentText(deadline, now)}`];
  const where = list([phrase(state), ...(phase === null ? [] : [phrase(phase)]), ...until]);
  const rest = say`${roundsClosed} of ${rounds} rounds closed, next pool ${coveyText(nextPool)}`;
  const called = name ?? say`(its document cannot be read)`;
  return say`${taskId}  ${what ? say`${called} (${what})` : called}: ${where}; ${rest}`;
}
