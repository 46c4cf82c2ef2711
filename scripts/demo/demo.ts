// The whole of Covey once through. Each step is what a user would do, with the parts that a user would run.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { coveyTokenAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { approveTask, auditPermissions, delegateVotes, getProposal, setPolicy, vote } from '@covey/governance';
import { completeTask, fundTask, readStake, readTask } from '@covey/client';
import { createTask, dirichletSplit, keyFileOf, prepareValidation, readMnist, writeKeyFile } from '@covey/nodes';
import type { Core, Evaluation } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { formatEther, parseEther } from 'viem';
import { bindByVote, installSnapshotVoting } from './binding-vote.ts';
import { cast, liar } from './cast.ts';
import { CheckList } from './check-list.ts';
import { mintEmission } from './emission.ts';
import { gasByKind } from './gas.ts';
import { onHoldout } from './holdout.ts';
import { sellModel } from './market.ts';
import { mnistFolder } from './mnist.ts';
import { plays, startTrainers, startValidator, startValidators } from './participants.ts';
import { untilPolicyInForce } from './policy.ts';
import { Progress } from './progress.ts';
import { castVotes, executeAfterVoting, propose } from './proposals.ts';
import { auditRound, executeSlashes, playRound } from './round.ts';
import { announceCommissions, claimDelegatorRewards, delegateStakes, lockForVotes, untilStaked } from './stakes.ts';
import { voteOnSnapshot } from './snapshot-vote.ts';
import type { RoundSummary, Summary } from './summary.ts';
import { task } from './task.ts';
import { checkVerdicts } from './verdicts.ts';
import { endVotingOnceVoted } from './visitor.ts';
import { World } from './world.ts';

export interface DemoOptions {
  /** Folder for everything that the demo writes; emptied first. */
  dir: string;
  /** Port of the server and the web app; 0 for any. */
  port: number;
}

export interface Demo {
  summary: Summary;
  world: World;
  stop(): Promise<void>;
}

export async function runDemo({ dir, port }: DemoOptions): Promise<Demo> {
  emptyFolder(dir);
  const progress = new Progress();
  const checks = new CheckList();
  const core = await loadNodeCore();
  let world: World | undefined;
  const stops: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(stops.map((process) => process.stop()));
    await world?.stop();
  };

  try {
    world = await progress.step('Start a chain, deploy DAO, token and contracts, start server and IPFS', (detail) =>
      World.start({ dir, port, scorer: core.sha256, detail, onEvent: () => undefined }),
    );
    const summary = await play(world, core, progress, checks, stops);
    return { summary, world, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes `dir` new and empty; refuses a folder that holds anything but an earlier demo. */
function emptyFolder(dir: string): void {
  const mark = join(dir, '.covey-demo');
  if (existsSync(dir) && readdirSync(dir).length > 0 && !existsSync(mark)) {
    throw new Error(`${dir} holds something that is no earlier demo. Name a new folder, or empty this one yourself.`);
  }
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  writeFileSync(mark, '');
}

async function play(
  world: World,
  core: Core,
  progress: Progress,
  checks: CheckList,
  stops: { stop(): Promise<void> }[],
): Promise<Summary> {
  const { chain, deployment } = world;
  const creator = world.account(cast.creator);

  await progress.step('Check that nobody but the DAO holds a permission', async () => {
    const audit = await auditPermissions(chain.publicClient, deployment);
    checks.expect('the live grants are exactly those of the design', audit.ok, `${audit.live.length} grants`);
  });

  await progress.step('Token holders delegate their votes to themselves', async (detail) => {
    const holders = [
      ...cast.voters,
      cast.visitor,
      cast.locker,
      ...cast.delegators,
      ...cast.trainers,
      ...cast.validators,
    ];
    for (const account of holders) {
      await delegateVotes(chain.wallet(account), { deployment, delegatee: world.address(account) });
    }
    detail(`${holders.length} holders`);
  });

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

  const created = await progress.step('A creator proposes and funds a task', async (detail) => {
    await writeKeyFile(join(world.dir, 'task-keys.json'), keys);
    const created = await createTask({
      covey: creator,
      store: world.store,
      core,
      draft: task,
      validation,
    });
    await fundTask(creator, created.taskId, task.budget);
    detail(`task ${created.taskId}, document ${created.cid}, budget ${formatEther(task.budget)} COVEY`);
    return created;
  });
  const { taskId } = created;

  const approval = await progress.step('The DAO approves the task by a TokenVoting vote', async (detail) => {
    const proposed = await propose(world, {
      title: `Approve task ${taskId}: ${task.name}`,
      summary: 'Lets rounds of this task be opened and paid from its budget.',
      description: task.description,
      actions: [approveTask(deployment, taskId)],
    });
    await castVotes(world, proposed.proposalId, cast.voters);
    await executeAfterVoting(world, proposed);
    detail(`proposal ${proposed.proposalId} executed`);
    return proposed;
  });
  const state = async () => (await readTask(world.covey, taskId)).state;
  checks.equal('the task is approved', await state(), 'approved');

  const roles = plays(world);
  const rounds: RoundSummary[] = [];
  await announceCommissions(world);
  const validators = startValidators(world, taskId);
  stops.push(...startTrainers(world, taskId, shards), ...validators);
  const delegations = await progress.step(
    'Twelve nodes stake, two holders delegate stake, one locks tokens',
    async (detail) => {
      await untilStaked(world);
      const delegations = await delegateStakes(world, checks);
      await lockForVotes(world, checks);
      await world.chain.advance(1);
      for (const { node, amount } of delegations) detail(`${formatEther(amount)} COVEY delegated to ${node}`);
      return delegations;
    },
  );
  const play = async (name: string) => {
    const round = await progress.step(name, (detail) => playRound(world, { taskId, keys, detail }));
    await progress.step(`Recompute round ${round} from chain and IPFS`, async () => {
      rounds.push(await auditRound(world, checks, { taskId, round, plays: roles }));
    });
  };

  await play('Round 0: eight nodes train, four validators score, one of them lies');
  await validators[liar]?.stop();
  stops.push(startValidator(world, taskId, liar, false));
  const slashes = await progress.step('The liar’s appeal window passes, anybody executes the slash', (detail) =>
    executeSlashes(world).then((executed) => {
      for (const { target, taken } of executed) detail(`${target} loses ${formatEther(BigInt(taken))} COVEY`);
      return executed;
    }),
  );
  const lying = world.address(cast.validators[liar] as number);
  checks.equal(
    'only the liar is slashed',
    slashes.map(({ target, reason }) => `${target} ${reason}`).join(),
    `${lying} resultMismatch`,
  );
  const emission = await progress.step('A day’s emission is minted for the task', (detail) =>
    mintEmission(world, checks, taskId, detail),
  );
  await play('Round 1: the same nodes go on from the aggregate; the liar is honest now');

  const change = await progress.step(
    'A second vote changes the policy; a node votes with its staked tokens',
    async (detail) => {
      const proposed = await propose(world, {
        title: 'Reward the best updates more',
        summary: 'Rank ratio from 0.9 to 0.8: each rank earns a fifth less than the one before.',
        description: 'The ratio between one rank’s weight and the next. A lower number rewards the best updates more.',
        actions: [setPolicy(deployment, [{ param: 'rankRatio', value: parseEther('0.8') }])],
      });
      const staker = cast.trainers[0] as number;
      await castVotes(world, proposed.proposalId, cast.voters);
      const { votingPower } = await vote(chain.wallet(staker), {
        deployment,
        proposalId: proposed.proposalId,
        option: 'yes',
      });
      const { own: staked } = await readStake(world.covey, world.address(staker));
      checks.equal(
        'a node votes with liquid and staked tokens',
        votingPower,
        (await liquidTokens(world, staker)) + staked,
      );
      await executeAfterVoting(world, proposed);
      await untilPolicyInForce(world);
      detail(`proposal ${proposed.proposalId} executed, and its notice has passed`);
      return proposed;
    },
  );
  await play('Round 2: under the new policy');
  checks.equal(
    'round 2 uses a later policy than round 1',
    (rounds[2]?.policyVersion ?? 0) > (rounds[1]?.policyVersion ?? 0),
    true,
  );
  checkVerdicts(checks, rounds);

  const accuracy = await progress.step('The creator opens the final hold-out; the task is complete', async (detail) => {
    await completeTask(creator, taskId, keys.holdout);
    const before = await onHoldout(world, core, taskId, created.document.initialModel, validation.holdout.plaintext);
    const after = await onHoldout(world, core, taskId, rounds.at(-1)?.model ?? '', validation.holdout.plaintext);
    const result = { before: share(before), after: share(after), samples: after.count };
    detail(
      `accuracy on ${result.samples} digits that nobody saw: ${percent(result.before)} → ${percent(result.after)}`,
    );
    return result;
  });
  checks.equal('the task is completed', await state(), 'completed');
  checks.expect('the final accuracy is at least 0.90', accuracy.after >= 0.9, percent(accuracy.after));

  const delegation = await progress.step('Delegators claim what was streamed to them', (detail) =>
    claimDelegatorRewards(world, checks, {
      delegations,
      owed: rounds.flatMap(({ payouts }) => payouts).reduce((sum, payout) => sum + BigInt(payout.delegators), 0n),
      detail,
    }),
  );

  const config = (await (await fetch(`${world.serverUrl}/api/v1/config`)).json()) as { snapshot: { space: string } };
  const snapshot = await progress.step(
    'A third proposal is voted without gas through the Snapshot endpoint',
    (detail) => voteOnSnapshot(world, checks, config.snapshot.space, detail),
  );
  const bound = await progress.step('The DAO installs SnapshotVoting by a TokenVoting proposal', (detail) =>
    installSnapshotVoting(world, checks, config.snapshot.space, detail),
  );
  const binding = await progress.step(
    'A vote on Snapshot binds the DAO: signed without gas, brought on chain by a keeper, executed',
    (detail) => bindByVote(world, checks, { deployment: bound, space: config.snapshot.space, detail }),
  );
  const market = await progress.step('The model is listed, bought, fetched by CID and run by the buyer', (detail) =>
    sellModel(world, checks, { taskId, lastRound: rounds.length - 1 }, detail),
  );
  const open = await progress.step('Leave a proposal open: the visitor’s vote decides it', async () => {
    const proposed = await propose(world, {
      title: 'Pay half of a reward at once',
      summary: 'Unlock ratio from 0.4 to 0.5; the rest still vests over thirty days.',
      description:
        'Two holders have voted yes, too few for a tenth of all tokens. **Account 7 of the demo wallet** has enough ' +
        'votes to decide it; once it has voted, the demo’s clock jumps to the end of the vote.',
      actions: [setPolicy(deployment, [{ param: 'unlockRatio', value: parseEther('0.5') }])],
      days: 7,
    });
    await castVotes(world, proposed.proposalId, cast.voters.slice(0, 2));
    stops.push(endVotingOnceVoted(world, proposed, cast.visitor));
    return proposed;
  });

  const gas = await progress.step('Read the gas of every transaction', () => gasByKind(chain.publicClient, bound));
  const proposals = await Promise.all(
    [
      { ...approval, what: 'approve the task' },
      { ...change, what: 'change the rank ratio' },
      { ...open, what: 'change the unlock ratio (open)' },
    ].map(async ({ proposalId, what }) => {
      const { state, tally, snapshotBlock } = await getProposal(chain.publicClient, { deployment, proposalId });
      const cast = tally.yes + tally.no + tally.abstain;
      const all = await chain.publicClient.readContract({
        address: deployment.tokenVoting,
        abi: tokenVotingAbi,
        functionName: 'totalVotingPower',
        args: [snapshotBlock],
      });
      return {
        id: String(proposalId),
        what,
        executed: state === 'executed',
        yes: String(tally.yes),
        participation: Number((cast * 10_000n) / all) / 10_000,
      };
    }),
  );
  return {
    schema: 'covey.demo/1',
    passed: checks.passed,
    seconds: Math.round(progress.elapsed()),
    steps: progress.steps,
    deployment: { ...bound },
    task: { id: String(taskId), document: created.cid, initialModel: created.document.initialModel },
    rounds,
    slashes,
    proposals,
    snapshot,
    binding,
    delegation,
    emission,
    market,
    accuracy,
    gas,
    checks: checks.checks,
  };
}

const liquidTokens = (world: World, account: number): Promise<bigint> =>
  world.chain.publicClient.readContract({
    address: world.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'balanceOf',
    args: [world.address(account)],
  });

const share = ({ correct, count }: Evaluation): number => correct / count;
const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;
