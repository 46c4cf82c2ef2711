import { join } from 'node:path';
import { fundTask, raiseCreationStake, readTask } from '@covey/client';
import { approveTask, setMultiplier } from '@covey/governance';
import {
  createTask,
  dirichletSplit,
  keyFileOf,
  prepareValidation,
  readMnist,
  writeKeyFile,
  type KeyFile,
} from '@covey/nodes';
import type { LabelledDataset } from '@covey/protocol';
import { formatEther, parseEther } from 'viem';
import { cast } from '../cast.ts';
import { mnistFolder } from '../mnist.ts';
import { castVotes, executeAfterVoting, propose, type Proposed } from '../proposals.ts';
import type { Stage } from '../stage.ts';
import { task } from '../task.ts';

const creationStakeRaise = parseEther('10000');

/** The task of the story, from its approval on. */
export interface ApprovedTask {
  taskId: bigint;
  /** CID of its document, and of the model that its first round starts from. */
  document: string;
  initialModel: string;
  /** The training data of each node. */
  shards: LabelledDataset[];
  /** What the creator keeps: the key of each round's shard, and the hold-out. */
  keys: KeyFile;
  holdout: Uint8Array;
  approval: Proposed;
}

/** A creator hides a test set, proposes a task with it and funds it; the DAO approves it by a vote. */
export async function taskApproved({ world, core, progress, checks }: Stage): Promise<ApprovedTask> {
  const creator = world.account(cast.creator);
  const { shards, validation } = await progress.step(
    'Split MNIST among eight nodes, hide the test set',
    async (detail) => {
      const { train, test } = await readMnist(mnistFolder());
      const shards = dirichletSplit(train, { nodes: cast.trainers.length, seed: 7, alpha: 0.5, minimum: 1_000 });
      detail(`${train.labels.length} digits into shards of ${shards.map(({ labels }) => labels.length).join(', ')}`);
      const validation = prepareValidation({ data: test, rounds: task.rounds, seed: 11, shardSamples: 2_000 });
      detail(
        `${test.labels.length} hidden digits: ${task.rounds} shards of 2000, hold-out ${validation.holdout.samples}`,
      );
      return { shards, validation };
    },
  );
  const keys = keyFileOf(validation);

  const { taskId, cid, document } = await progress.step('A creator proposes and funds a task', async (detail) => {
    await writeKeyFile(join(world.dir, 'task-keys.json'), keys);
    const created = await createTask({ covey: creator, store: world.store, core, draft: task, validation });
    await fundTask(creator, created.taskId, task.budget);
    // A round pays no more of the funders' money than its key puts at stake.
    await raiseCreationStake(creator, created.taskId, creationStakeRaise);
    detail(`task ${created.taskId}, document ${created.cid}, budget ${formatEther(task.budget)} COVEY`);
    return created;
  });

  const approval = await progress.step('The DAO approves the task by a TokenVoting vote', async (detail) => {
    const proposed = await propose(world, {
      title: `Approve task ${taskId}: ${task.name}`,
      summary: 'Lets rounds of this task be opened and paid from its budget, and earn of the emission.',
      description: task.description,
      actions: [
        approveTask(world.deployment, taskId),
        setMultiplier(world.deployment, { taskId, multiplier: parseEther('1') }),
      ],
    });
    await castVotes(world, proposed.proposalId, cast.voters);
    await executeAfterVoting(world, proposed);
    detail(`proposal ${proposed.proposalId} executed`);
    return proposed;
  });
  checks.equal('the task is approved', (await readTask(world.covey, taskId)).state, 'approved');
  const { initialModel } = document;
  return { taskId, document: cid, initialModel, shards, keys, holdout: validation.holdout.plaintext, approval };
}
