import type { TrainerNode } from '../trainer/trainer-node.ts';
import type { ValidatorNode } from '../validator/validator-node.ts';
import type { TestNetwork, TestTask } from './test-network.ts';

export interface Players {
  task: TestTask;
  trainers: readonly TrainerNode[];
  validators: readonly ValidatorNode[];
  /** Who does nothing from this step on. */
  silent?: Partial<Record<Step, readonly (TrainerNode | ValidatorNode)[]>>;
}

type Step = 'commit' | 'reveal' | 'attest' | 'attestReveal' | 'resultCommit' | 'resultReveal';

/** Where `playUntil` stops: in the phase of this name. */
export type Until = 'trainerDraw' | Step | 'key' | 'acceptance' | 'challenge';

/** A whole round, until its claims are open: every step in its window, by the nodes' own `step`. */
export async function playRound(network: TestNetwork, players: Players, round: number): Promise<void> {
  const keeper = network.keeper();
  const { taskId } = players.task;
  await playUntil(network, players, round, 'challenge');
  await network.passChallenge(taskId, round);
  if (await keeper.step(taskId, round)) throw new Error(`round ${round}: the keeper is done too early`);
  if (!(await keeper.step(taskId, round))) throw new Error(`round ${round}: the keeper is not done`);
}

/** Opens a round and plays it up to a phase, in which nobody has done anything yet. */
export async function playUntil(network: TestNetwork, players: Players, round: number, until: Until): Promise<void> {
  const { task, trainers, validators } = players;
  const opened = await network.creator(task).openRound();
  if (opened !== round) throw new Error(`opened round ${opened}, not ${round}`);
  for (const node of [...validators, ...trainers]) await node.step(task.taskId, round);
  await network.passWindow(task.taskId, round, 'join');
  if (until === 'trainerDraw') return;
  await network.keeper().step(task.taskId, round);
  await playOn(network, players, round, 'commit', until);
}

/** Goes on from a phase in which nobody has done anything yet. */
export async function playOn(
  network: TestNetwork,
  { task, trainers, validators, silent = {} }: Players,
  round: number,
  from: Step | 'key',
  until: Until,
): Promise<void> {
  const at = [task.taskId, round] as const;
  const quiet = new Set<object>();
  const all = ['commit', 'reveal', 'attest', 'attestReveal', 'key', 'resultCommit', 'resultReveal'] as const;
  for (const phase of all) {
    if (phase === until) return;
    if (phase !== 'key') for (const node of silent[phase] ?? []) quiet.add(node);
    if (all.indexOf(phase) < all.indexOf(from)) continue;
    if (phase === 'key') await network.creator(task).step(round);
    const acting = phase === 'commit' || phase === 'reveal' ? trainers : phase === 'key' ? [] : validators;
    for (const node of acting) if (!quiet.has(node)) await node.step(...at);
    await network.passWindow(...at, phase);
    // The draw of validators.
    if (phase === 'reveal') await network.keeper().step(...at);
  }
  if (until === 'acceptance') return;
  await network.keeper().step(...at);
}
