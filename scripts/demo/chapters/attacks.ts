import { allocate, fundTask, joinRound, readCandidates, readRound, redeemFunds, stake } from '@covey/client';
import { coveyTokenAbi, roundManagerAbi, taskManagerAbi } from '@covey/contracts/abi';
import { ONE } from '@covey/protocol';
import { formatEther, parseEther } from 'viem';
import { cast } from '../cast.ts';
import { validatorStake } from '../participants.ts';
import type { RoundOptions } from '../round.ts';
import type { Stage } from '../stage.ts';
import type { RoundSummary } from '../summary.ts';
import { paySeat } from '../verdicts.ts';
import type { World } from '../world.ts';
import type { ApprovedTask } from './task-approved.ts';

/** What a stranger puts into a task to have a part of what others do. */
const dust = 1_000_000_000n;

/** A stranger cannot open a round on the creator's keys; its dust buys what it is worth. */
export async function strangerTries({ world, progress, checks }: Stage, { taskId }: ApprovedTask): Promise<void> {
  const stranger = world.account(cast.buyer);
  await progress.step('A stranger tries to open a round, and funds the task with dust', async () => {
    const refused = await world.chain.publicClient
      .simulateContract({
        address: world.deployment.roundManager,
        // The refusal is the task manager's.
        abi: [...roundManagerAbi, ...taskManagerAbi.filter(({ type }) => type === 'error')],
        functionName: 'open',
        args: [taskId],
        account: world.address(cast.buyer),
      })
      .then(() => 'opened')
      .catch((error: unknown) => (String(error).includes('NotOpener') ? 'NotOpener' : String(error)));
    checks.equal('a stranger cannot open a round', refused, 'NotOpener');
    await fundTask(stranger, taskId, dust);
  });
}

/** At the end everybody redeems what is unspent. */
export async function unspentRedeemed({ world, progress, checks }: Stage, { taskId }: ApprovedTask): Promise<string> {
  return await progress.step('Funders redeem what the rounds did not spend', async (detail) => {
    const before = await balance(world, cast.buyer);
    await redeemFunds(world.account(cast.keeper), taskId, world.address(cast.buyer));
    const back = (await balance(world, cast.buyer)) - before;
    checks.expect('a stranger’s dust brings no more than it was', back <= dust, String(back - dust));
    const had = await balance(world, cast.creator);
    await redeemFunds(world.account(cast.keeper), taskId, world.address(cast.creator));
    detail(`the creator gets ${formatEther((await balance(world, cast.creator)) - had)} COVEY back`);
    return String(back);
  });
}

/** One owner spreads as much stake as one validator has over several identities that join next to each other. */
export async function sybilStakes({ world, progress }: Stage, { taskId }: ApprovedTask): Promise<void> {
  const each = parseEther(validatorStake) / BigInt(cast.sybil.length);
  await progress.step('One owner spreads its stake over four validators', async (detail) => {
    for (const account of cast.sybil) {
      const covey = world.account(account);
      await stake(covey, each);
      await allocate(covey, { taskId, role: 'validator', ratio: ONE });
    }
    await world.chain.advance(1);
    detail(`${formatEther(each)} COVEY each`);
  });
}

/** Lets the identities join a round, and looks at what they draw. */
export function sybilRound({ world, checks }: Stage, { taskId }: ApprovedTask) {
  const found = { seats: 0, share: 0 };
  const options: Pick<RoundOptions, 'joining' | 'onDrawn'> = {
    async joining(round) {
      for (const account of cast.sybil) {
        await joinRound({ covey: world.account(account), taskId, round, role: 'validator' });
      }
      return cast.sybil.length;
    },
    async onDrawn(round) {
      const info = await readRound(world.covey, taskId, round);
      const candidates = await readCandidates(world.covey, info, 'validator');
      const owned = new Set(cast.sybil.map((account) => world.address(account).toLowerCase()));
      const mine = candidates.filter(({ node }) => owned.has(node.toLowerCase()));
      found.seats = mine.reduce((sum, { seats }) => sum + seats, 0);
      const length = mine.reduce((sum, { stake: effective }) => sum + effective, 0n);
      found.share = Number((length * BigInt(info.validatorSeats) * 1000n) / info.validatorStake) / 1000;
      // Each identity is at most two seats above its share, rounded down, and one below.
      const most = found.share + 2 * mine.length;
      const least = found.share - 2 * mine.length;
      checks.expect(
        'identities of one owner draw the seats of its stake',
        found.seats >= least && found.seats <= most,
        `${found.seats} of a share of ${found.share}`,
      );
    },
  };
  return { options, found };
}

/** A third of the seats said to lack what everybody but its friend submitted: it all counted, and nobody gained by it. */
export function checkCensors({ checks }: Stage, rounds: readonly RoundSummary[]): number {
  const lost = rounds.flatMap(({ submissions }) => submissions.filter(({ verdict }) => verdict === 'not-counted'));
  checks.equal('what a third of the seats censors counts all the same', lost.length, 0);
  const [friend, honest] = ['poisoner (label flip)', 'honest trainer'].map((plays) => paySeat(rounds, plays));
  checks.expect(
    'a seat of the censors’ friend earns less than an honest one',
    friend! < honest!,
    `${friend} and ${honest} wei`,
  );
  const perSeat = rounds.flatMap(({ validators, payouts }) => {
    const pays = (who: string) =>
      validators
        .filter(({ plays, agreed }) => plays === who && agreed)
        .map(({ node, seats }) => totalOf(payouts, node) / BigInt(seats));
    const [honest] = pays('honest validator');
    return pays('censor').map((censor) => (honest === undefined ? 0n : censor - honest));
  });
  // By the wei that each division rounds down.
  checks.expect(
    'a censor’s seat earns what any other does',
    perSeat.every((difference) => difference >= -1n && difference <= 1n),
    perSeat.join(', '),
  );
  const censoring = rounds[0]?.validators.filter(({ plays }) => plays === 'censor') ?? [];
  checks.expect(
    'the censors said to lack all but their friend’s',
    censoring.every(({ missing }) => (missing ?? 0) >= cast.trainers.length - 1),
    censoring.map(({ missing }) => missing).join(', '),
  );
  return censoring.reduce((sum, { seats }) => sum + seats, 0);
}

const totalOf = (payouts: RoundSummary['payouts'], validator: string): bigint =>
  BigInt(payouts.find(({ node, role }) => node === validator && role === 'validator')?.total ?? '0');

const balance = (world: World, account: number): Promise<bigint> =>
  world.chain.publicClient.readContract({
    address: world.deployment.token,
    abi: coveyTokenAbi,
    functionName: 'balanceOf',
    args: [world.address(account)],
  });
