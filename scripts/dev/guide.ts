// A first task, step by step: says the commands of the next step whenever the chain shows that the one before is done.
import { readTask, readTaskCount, type CoveyChain, type TaskOnChain } from '@covey/client';
import { listProposals } from '@covey/governance';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the guide looks at: the newest task and whether its approval is put to the vote. */
export interface Progress {
  task: TaskOnChain | null;
  proposed: boolean;
  /** The newest proposal. */
  proposalId: bigint;
}

interface GuideStep {
  title: string;
  commands(taskId: bigint, proposalId: bigint): string[];
  done(progress: Progress): boolean;
}

const key = (name: string) => `--key-file .covey/dev/keys/${name}.key`;
const data = (name: string) => `.covey/dev/data/${name}.safetensors`;

/** In the order in which they are done; each of a terminal of its own where it says so. */
export const guideSteps: readonly GuideStep[] = [
  {
    title: 'Write a task for handwritten digits, look at all that could go wrong, and propose it',
    commands: () => [
      `covey task new --kind image --image 1x28x28 --data ${data('hidden')} --name Digits --rounds 2 --reward 2000 --licence CC0-1.0 --out first.json`,
      `covey task check first.json ${key('creator')}`,
      `covey task create first.json --keys first-keys.json ${key('creator')}`,
    ],
    done: ({ task }) => task !== null,
  },
  {
    title: 'Fund it, and put its approval to the vote of the DAO',
    commands: (id) => [
      `covey task fund --task ${id} --amount 2000 ${key('creator')}`,
      `covey proposal create --form task.approve --set taskId=${id} --title "Approve task ${id}" --vote yes ${key('voter-1')}`,
    ],
    done: ({ task, proposed }) => proposed || task?.state !== 'proposed',
  },
  {
    title: 'A tenth of all votes must take part; the clock then passes the vote, and what it decided is executed',
    commands: (_, proposal) => [
      ...['voter-2', 'voter-3'].map((voter) => `covey proposal vote --proposal ${proposal} --option yes ${key(voter)}`),
      `covey proposal execute --proposal ${proposal} ${key('voter-1')}   # once the clock has said so here`,
    ],
    done: ({ task }) => task?.state !== 'proposed',
  },
  {
    title: 'Start two training nodes and two validators, each in a terminal of its own',
    commands: (id) => [
      ...['1', '2'].map(
        (n) =>
          `covey train --task ${id} --data ${data(`node-${n}`)} --stake 2000 --max-stake 2000 ${key(`trainer-${n}`)}`,
      ),
      ...['1', '2'].map((n) => `covey validate --task ${id} --stake 10000 --max-stake 10000 ${key(`validator-${n}`)}`),
    ],
    done: ({ task }) => (task?.roundsOpened ?? 0) > 0,
  },
  {
    title: 'Run the task: it opens rounds once nodes are ready, and publishes keys on time',
    commands: (id) => [
      `covey creator --task ${id} --keys first-keys.json --trainers 2 --validators 2 ${key('creator')}`,
      `covey task show --task ${id} ${key('creator')}   # where it is, at any time`,
    ],
    done: ({ task }) => (task?.roundsClosed ?? 0) > 0,
  },
  {
    title: 'A round is over: recompute it, and see who earns what',
    commands: (id) => [`covey verify --task ${id} --round 0`, `covey settle --task ${id} --round 0`],
    done: ({ task }) => task?.state === 'completed',
  },
  {
    title: 'The task is completed: get back what was not spent, and use its model',
    commands: (id) => [
      `covey task refund --task ${id} ${key('creator')}`,
      `covey predict --task ${id} --data ${data('hidden')} --index 0`,
    ],
    done: () => false,
  },
];

/** The steps that are still to be done begin here. */
export function stepOf(progress: Progress): number {
  return guideSteps.findIndex((step) => !step.done(progress));
}

export function stepText(index: number, taskId: bigint, proposalId: bigint): string[] {
  const { title, commands } = guideSteps[index]!;
  return [
    `${index + 1} of ${guideSteps.length}. ${title}:`,
    ...commands(taskId, proposalId).map((command) => `    ${command}`),
  ];
}

/** Watches the chain and says each step once. */
export function startGuide(covey: CoveyChain, say: (line: string) => void): { stop(): Promise<void> } {
  const stop = new AbortController();
  const running = (async () => {
    let said = -1;
    while (!stop.signal.aborted) {
      const progress = await readProgress(covey).catch(() => null);
      const index = progress === null ? said : stepOf(progress);
      if (progress !== null && index > said) {
        said = index;
        for (const line of stepText(index, progress.task?.taskId ?? 1n, progress.proposalId)) say(line);
      }
      await sleep(1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await running;
    },
  };
}

async function readProgress(covey: CoveyChain): Promise<Progress> {
  const count = await readTaskCount(covey);
  const { proposals } = await listProposals(covey, { limit: 1 });
  const task = count === 0n ? null : await readTask(covey, count);
  const [newest] = proposals;
  return { task, proposed: newest !== undefined && newest.state !== 'executed', proposalId: newest?.id ?? 0n };
}
