import { roles, voidReasons } from '@covey/contracts/abi/enums';
import { windowNames } from '@covey/contracts/abi/structs';
import { decodeEnum, seatsOf } from '@covey/protocol';
import { and, eq, sql } from 'drizzle-orm';
import { serverError } from '../../errors.ts';
import { rounds, tasks, trainers, validators } from '../../store/schema.ts';
import { roundKeys } from '../context.ts';
import type { Context, Handlers } from '../context.ts';
import { policyAt } from '../policy-at.ts';
import { stakeForRound } from '../stake-at.ts';
import { changeRound, ofRound } from './round-rows.ts';
import type { RoundId } from './round-rows.ts';

async function closed(context: Context, taskId: bigint): Promise<void> {
  await context.db
    .update(tasks)
    .set({ roundsClosed: sql`${tasks.roundsClosed} + 1` })
    .where(eq(tasks.id, taskId));
}

export const roundHandlers: Handlers<'roundManager'> = {
  // Windows stand in the task, numbers of seats and the most that a window may have in the policy, as they were at the opening.
  async RoundOpened({ taskId, round, policyVersion, scorer, pool, creationStake }, context) {
    const [task] = await context.db.select({ windows: tasks.windows }).from(tasks).where(eq(tasks.id, taskId));
    if (task === undefined) throw serverError('SERVER_INTERNAL', `task ${taskId} of a round that opens is not known`);
    const read = ['trainerSeats', 'validatorSeats', 'beaconWindow', 'maxWindow'] as const;
    const numbers = await policyAt(context.db, policyVersion, read);
    const most = Number(numbers.maxWindow);
    const windows = { ...task.windows };
    for (const name of windowNames) windows[name] = Math.min(windows[name], most);
    await context.db.insert(rounds).values({
      taskId,
      round,
      status: 'running',
      policyVersion,
      scorer,
      pool,
      creationStake,
      windows,
      trainerSeats: Number(numbers.trainerSeats),
      validatorSeats: Number(numbers.validatorSeats),
      beaconWindow: Number(numbers.beaconWindow),
      ...context.source,
    });
    context.touch(...roundKeys(taskId, round));
  },

  async CandidateJoined({ taskId, round, node, role, attempt, ratio, stake, intervalEnd }, context) {
    const id = { taskId, round };
    const place = {
      ...id,
      address: node,
      ...(await stakeForRound(context.db, { ...id, node, ratio })),
      ratio,
      effectiveStake: stake,
      intervalEnd,
      ...context.source,
    };
    if (decodeEnum(roles, role) === 'trainer') {
      await context.db.insert(trainers).values(place);
      await changeRound(context, id, { trainerStake: intervalEnd });
    } else {
      await context.db.insert(validators).values({ ...place, attempt });
      await changeRound(context, id, { validatorStake: intervalEnd });
    }
    context.touch(`nodes/${node}`, 'nodes');
  },

  async SeatsDrawn({ taskId, round, role, attempt, beacon, seed, stake, seats }, context) {
    const id = { taskId, round };
    const drawn = { beacon, seed, stake: stake.toString(), seats, ...context.source };
    if (decodeEnum(roles, role) === 'trainer') {
      await seatTrainers(context, id, { seed, candidateStake: stake, seats });
      await changeRound(context, id, { trainerDraw: drawn });
    } else {
      await seatValidators(context, { ...id, attempt }, { seed, candidateStake: stake, seats });
      await changeRound(context, id, { validatorDraw: drawn });
    }
  },

  async RoundRepeated({ attempt, reason, joinEnd, ...id }, context) {
    const [row] = await context.db.select({ repeats: rounds.repeats }).from(rounds).where(ofRound(rounds, id));
    const repeat = { attempt, reason: decodeEnum(voidReasons, reason), joinEnd, ...context.source };
    await changeRound(context, id, {
      attempt,
      validatorStake: 0n,
      validatorDraw: null,
      repeats: [...(row?.repeats ?? []), repeat],
    });
  },

  async RoundFinalized(id, context) {
    await changeRound(context, id, { status: 'claimable', finalized: context.source });
    await closed(context, id.taskId);
  },

  async RoundVoided({ reason, ...id }, context) {
    const voided = { reason: decodeEnum(voidReasons, reason), ...context.source };
    await changeRound(context, id, { status: 'void', voided });
    await closed(context, id.taskId);
  },
};

interface Line {
  seed: `0x${string}`;
  candidateStake: bigint;
  seats: number;
}

async function seatTrainers(context: Context, id: RoundId, line: Line): Promise<void> {
  const { db } = context;
  for (const { address, effectiveStake, intervalEnd } of await db
    .select()
    .from(trainers)
    .where(ofRound(trainers, id))) {
    const seats = seatsOf({ end: intervalEnd, stake: effectiveStake }, { ...line, role: 'trainer' });
    await db
      .update(trainers)
      .set({ seats })
      .where(and(ofRound(trainers, id), eq(trainers.address, address)));
    context.touch(`nodes/${address}`);
  }
}

async function seatValidators(context: Context, id: RoundId & { attempt: number }, line: Line): Promise<void> {
  const { db } = context;
  const ofAttempt = and(ofRound(validators, id), eq(validators.attempt, id.attempt));
  for (const { address, effectiveStake, intervalEnd } of await db.select().from(validators).where(ofAttempt)) {
    const seats = seatsOf({ end: intervalEnd, stake: effectiveStake }, { ...line, role: 'validator' });
    await db
      .update(validators)
      .set({ seats })
      .where(and(ofAttempt, eq(validators.address, address)));
    context.touch(`nodes/${address}`);
  }
}
