// The whole of Covey once through. Each chapter is what users would do, with the parts that they would run.
import { checkCensors, strangerTries, sybilRound, sybilStakes, unspentRedeemed } from './chapters/attacks.ts';
import { answersSold } from './chapters/answers-sold.ts';
import { founding } from './chapters/founding.ts';
import { liarSlashed } from './chapters/liar-slashed.ts';
import { nodesStake } from './chapters/nodes-stake.ts';
import { policyChanged } from './chapters/policy-changed.ts';
import { proposalLeftOpen } from './chapters/proposal-left-open.ts';
import { roundPlayed } from './chapters/round-played.ts';
import { taskApproved } from './chapters/task-approved.ts';
import { taskCompleted } from './chapters/task-completed.ts';
import { votesWithoutGas } from './chapters/votes-without-gas.ts';
import { auditEmission } from './emission.ts';
import { gasByKind } from './gas.ts';
import { sellModels } from './market.ts';
import { summariseProposals } from './proposals.ts';
import type { Stage } from './stage.ts';
import type { Summary } from './summary.ts';

export async function tellStory(stage: Stage): Promise<Summary> {
  const { world, progress, checks } = stage;

  await founding(stage);
  const task = await taskApproved(stage);
  const { taskId } = task;
  const nodes = await nodesStake(stage, task);
  await strangerTries(stage, task);

  const first = await roundPlayed(
    stage,
    task,
    'Round 0: eight nodes train, six validators look at it: one lies, two censor',
  );
  const slashes = await liarSlashed(stage, task, nodes);
  const second = await roundPlayed(
    stage,
    task,
    'Round 1: the same nodes go on from the aggregate; the liar is honest now',
  );
  const change = await policyChanged(stage);
  await sybilStakes(stage, task);
  const sybil = sybilRound(stage, task);
  const third = await roundPlayed(
    stage,
    task,
    'Round 2: under the new policy, with a Sybil of validators',
    sybil.options,
  );
  const rounds = [first, second, third];
  const censorsSeats = checkCensors(stage, rounds);
  const emission = await progress.step('Look at what finalized rounds earned of the emission', (detail) =>
    auditEmission(world, checks, { taskId, rounds: rounds.length }, detail),
  );
  const { accuracy, delegation } = await taskCompleted(stage, task, nodes, rounds);
  const dust = await unspentRedeemed(stage, task);

  const { snapshot, binding, deployment } = await votesWithoutGas(stage);
  const market = await progress.step(
    'An open and a sealed model are listed, bought, fetched, opened and run',
    (detail) => sellModels(world, checks, { taskId }, detail),
  );
  const hosting = await answersSold(stage, { taskId, document: task.document, model: market.model });
  const open = await proposalLeftOpen(stage);

  const gas = await progress.step('Read the gas of every transaction', () =>
    gasByKind(world.chain.publicClient, deployment),
  );
  const proposals = await summariseProposals(world, [
    { ...task.approval, what: 'approve the task' },
    { ...change, what: 'change the rank ratio' },
    { ...open, what: 'change the unlock ratio (open)' },
  ]);
  return {
    schema: 'covey.demo/2',
    passed: checks.passed,
    seconds: Math.round(progress.elapsed()),
    steps: progress.steps,
    deployment: { ...deployment },
    task: { id: String(taskId), document: task.document, initialModel: task.initialModel },
    rounds,
    slashes,
    proposals,
    snapshot,
    binding,
    delegation,
    attacks: {
      censorsSeats,
      sybilSeats: sybil.found.seats,
      sybilShare: sybil.found.share,
      dust,
    },
    emission,
    market,
    hosting,
    accuracy,
    gas,
    checks: checks.checks,
  };
}
