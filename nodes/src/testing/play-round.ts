import { publishKey, readRound } from '@covey/client';
import type { TrainerNode } from '../trainer/trainer-node.ts';
import type { ValidatorNode } from '../validator/validator-node.ts';
import { cast, type TestNetwork, type TestTask } from './test-network.ts';

interface Players {
  task: TestTask;
  trainers: readonly TrainerNode[];
  validators: readonly ValidatorNode[];
}

/** A whole round, until its claims are open: every step in its window, by the nodes' own `step`. */
export async function playRound(network: TestNetwork, players: Players, round: number): Promise<void> {
  const { task, trainers, validators } = players;
  const { taskId } = task;
  const keeper = network.keeper();
  const step = async (expected: boolean) => {
    const done = await keeper.step(taskId, round);
    if (done !== expected) throw new Error(`round ${round}: the keeper is ${done ? '' : 'not '}done`);
  };
  const opened = await keeper.openRound(taskId);
  if (opened !== round) throw new Error(`opened round ${opened}, not ${round}`);
  for (const node of [...validators, ...trainers]) await node.step(taskId, round);
  await network.passWindow(taskId, round, 'commit');
  // The seats' draw is scheduled here, and made once a block has come.
  await step(false);
  for (const node of trainers) await node.step(taskId, round);
  await network.passWindow(taskId, round, 'reveal');
  await step(false);
  const key = task.validation.shards[round]?.key;
  if (!key) throw new Error(`the task has no round ${round}`);
  await publishKey(network.account(cast.creator), taskId, round, key);
  await network.passWindow(taskId, round, 'key');
  for (const window of ['availability', 'resultCommit', 'resultReveal'] as const) {
    for (const node of validators) await node.step(taskId, round);
    await network.passWindow(taskId, round, window);
  }
  await keeper.step(taskId, round);
  const { challengeEnd } = await readRound(network.covey, taskId, round);
  await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(challengeEnd) });
  await network.anvil.testClient.mine({ blocks: 1 });
  await step(false);
  await step(true);
}
