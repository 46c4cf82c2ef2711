import {
  attestationsAbi,
  resultsAbi,
  rewardDistributorAbi,
  roundManagerAbi,
  stakeManagerAbi,
  submissionsAbi,
  taskManagerAbi,
} from '@covey/contracts/abi';
import { roles, roundPhases, taskStates, voidReasons } from '@covey/contracts/abi/enums';
import { indicesOf } from '@covey/protocol';
import { zeroAddress, zeroHash } from 'viem';
import type { Abi, Address } from 'viem';
import { expect } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import type { Candidate, Round, Task } from '../schema/index.ts';
import { read } from './world.ts';
import type { World } from './world.ts';

/** Compares what the API says of a task, its rounds and its nodes with what the contracts answer at the same block. */
export async function expectAsOnChain(world: World, server: CoveyServer, taskId: bigint): Promise<Task> {
  await server.caughtUp();
  const chain = asker(world);
  const task = await read(server, endpoints.task, { params: { id: `${taskId}` } });
  await compareTask(chain, task);
  for (const { round } of task.roundList) {
    const found = await read(server, endpoints.round, { params: { id: `${taskId}`, round } });
    await compareClock(chain, found);
    await comparePlaces(chain, found);
    await compareSubmissions(chain, found);
    await compareResults(chain, found);
  }
  const { items } = await read(server, endpoints.nodes, { query: { limit: 100 } });
  for (const { address } of items) await compareNode(chain, server, address, taskId);
  return task;
}

type Chain = ReturnType<typeof asker>;

function asker(world: World) {
  const { deployment, anvil } = world;
  const of = <const A extends Abi>(address: Address, abi: A) => ({ address, abi }) as const;
  return {
    client: anvil.publicClient,
    tasks: of(deployment.taskManager, taskManagerAbi),
    rounds: of(deployment.roundManager, roundManagerAbi),
    submissions: of(deployment.submissions, submissionsAbi),
    attestations: of(deployment.attestations, attestationsAbi),
    results: of(deployment.results, resultsAbi),
    rewards: of(deployment.rewardDistributor, rewardDistributorAbi),
    stakes: of(deployment.stakeManager, stakeManagerAbi),
  };
}

async function compareTask({ client, tasks }: Chain, task: Task): Promise<void> {
  const onChain = await client.readContract({ ...tasks, functionName: 'task', args: [BigInt(task.id)] });
  expect({
    state: task.state,
    value: task.value,
    common: task.common,
    waiting: task.waiting,
    creationStake: task.creationStake,
    multiplier: task.multiplier,
    roundsOpened: task.roundsOpened,
    roundsClosed: task.roundsClosed,
    opener: task.opener ?? zeroAddress,
  }).toEqual({
    state: taskStates[onChain.state],
    value: `${onChain.value}`,
    common: `${onChain.common}`,
    waiting: `${onChain.waiting}`,
    creationStake: `${onChain.creationStake}`,
    multiplier: `${onChain.multiplier}`,
    roundsOpened: onChain.roundsOpened,
    roundsClosed: onChain.roundsClosed,
    opener: onChain.opener,
  });
}

async function compareClock({ client, rounds }: Chain, found: Round): Promise<void> {
  const id = [BigInt(found.taskId), found.round] as const;
  const info = await client.readContract({ ...rounds, functionName: 'round', args: id });
  const orNull = (moment: number) => (moment === 0 ? null : moment);
  expect({
    phase: found.phase,
    voidReason: found.voidReason ?? 'none',
    attempt: found.attempt,
    policyVersion: found.policyVersion,
    openedAt: found.openedAt,
    trainerSeats: found.trainerSeats,
    validatorSeats: found.validatorSeats,
    trainers: found.trainers,
    validators: found.validators,
    trainerStake: found.trainerStake,
    validatorStake: found.validatorStake,
    trainerSeed: found.draws.trainers?.seed ?? zeroHash,
    validatorSeed: found.draws.validators?.seed ?? zeroHash,
    deadlines: found.deadlines,
    challengeEnd: found.challengeEnd,
    rulingEnd: found.rulingEnd,
    closedAt: (found.finalized ?? found.voided)?.at ?? null,
  }).toEqual({
    phase: roundPhases[await client.readContract({ ...rounds, functionName: 'phaseOf', args: id })],
    voidReason: voidReasons[info.voidReason],
    attempt: info.attempt,
    policyVersion: info.policyVersion,
    openedAt: info.openedAt,
    trainerSeats: info.trainerSeats,
    validatorSeats: info.validatorSeats,
    trainers: info.trainerCandidates,
    validators: info.validatorCandidates,
    trainerStake: `${info.trainerStake}`,
    validatorStake: `${info.validatorStake}`,
    trainerSeed: info.trainerSeed,
    validatorSeed: info.validatorSeed,
    deadlines: Object.fromEntries(Object.entries(info.deadlines).map(([name, end]) => [name, orNull(end)])),
    challengeEnd: orNull(info.challengeEnd),
    rulingEnd: orNull(info.rulingEnd),
    closedAt: orNull(info.closedAt),
  });
}

async function comparePlaces({ client, rounds }: Chain, found: Round): Promise<void> {
  const compare = async (place: Candidate, attempt: number, role: string) => {
    const args = [BigInt(found.taskId), found.round, attempt, place.address] as const;
    const onChain = await client.readContract({ ...rounds, functionName: 'candidate', args });
    const { ratio, effectiveStake, intervalEnd, seats } = place;
    expect({ role, ratio, effectiveStake, intervalEnd, seats: seats ?? 0 }).toEqual({
      role: roles[onChain.role],
      ratio: `${onChain.ratio}`,
      effectiveStake: `${onChain.stake}`,
      intervalEnd: `${onChain.intervalEnd}`,
      seats: onChain.seats,
    });
  };
  for (const place of found.trainerList) await compare(place, found.attempt, 'trainer');
  for (const place of [...found.validatorList, ...found.earlierValidators])
    await compare(place, place.attempt, 'validator');
}

async function compareSubmissions({ client, submissions, attestations }: Chain, found: Round): Promise<void> {
  const id = [BigInt(found.taskId), found.round] as const;
  const counts = await client.readContract({ ...submissions, functionName: 'counts', args: id });
  const attested = await client.readContract({
    ...attestations,
    functionName: 'attestationCounts',
    args: [...id, found.attempt],
  });
  const counted = await client.readContract({ ...attestations, functionName: 'countedBitmap', args: id });
  const key = await client.readContract({ ...attestations, functionName: 'keyOf', args: id });
  expect({
    submissions: found.submissions,
    revealed: found.revealed,
    attestedSeats: found.attestedSeats,
    ciphertextMissingSeats: found.ciphertextMissingSeats,
    counted: found.counted ?? [],
    key: found.key?.key ?? zeroHash,
  }).toEqual({
    submissions: counts.committed,
    revealed: counts.revealed,
    attestedSeats: attested.revealedSeats,
    ciphertextMissingSeats: attested.ciphertextMissing,
    counted: indicesOf(counted),
    key,
  });
  for (const { node, index, seats, missingSeats } of found.submissionList) {
    if (index === null) continue;
    const kept = await client.readContract({ ...submissions, functionName: 'submission', args: [...id, node] });
    const args = [...id, found.attempt, index] as const;
    const missing = await client.readContract({ ...attestations, functionName: 'missingSeats', args });
    expect({ index, seats, missingSeats }).toEqual({ index: kept.index, seats: kept.seats, missingSeats: missing });
  }
}

async function compareResults({ client, results, rewards }: Chain, found: Round): Promise<void> {
  const id = [BigInt(found.taskId), found.round] as const;
  const kept = await client.readContract({ ...results, functionName: 'roundResult', args: id });
  expect({
    accepted: found.acceptedHash ?? zeroHash,
    contested: found.accepted?.contested ?? false,
    revealedSeats: found.revealedSeats,
    challenges: found.challenges.length,
    winner: found.ruling?.winner ?? zeroAddress,
  }).toEqual({
    accepted: kept.accepted,
    contested: kept.contested,
    revealedSeats: kept.revealedSeats,
    challenges: kept.challenges,
    winner: kept.winner,
  });
  for (const { resultHash, seats, validators, stake } of found.tallies) {
    const agreed = await client.readContract({ ...results, functionName: 'agreement', args: [...id, resultHash] });
    expect({ seats, validators, stake }).toEqual({
      seats: agreed.seats,
      validators: agreed.count,
      stake: `${agreed.stake}`,
    });
  }
  const paid = await client.readContract({ ...rewards, functionName: 'rewards', args: id });
  expect(found.rewards !== null).toBe(paid.opened);
  if (found.rewards === null) return;
  const { claims, claimed, source: _source, at: _at, ...sums } = found.rewards;
  const { opened: _opened, claimsLeft, ...kept_ } = paid;
  expect({ ...sums, claimsLeft: claims - claimed }).toEqual({
    ...Object.fromEntries(Object.entries(kept_).map(([name, wei]) => [name, typeof wei === 'bigint' ? `${wei}` : wei])),
    claimsLeft,
  });
}

async function compareNode({ client, stakes }: Chain, server: CoveyServer, address: Address, taskId: bigint) {
  const node = await read(server, endpoints.node, { params: { address } });
  const kept = await client.readContract({ ...stakes, functionName: 'allocation', args: [address, taskId] });
  const operator = await client.readContract({ ...stakes, functionName: 'operatorOf', args: [address] });
  const allocated = node.allocations.find((one) => one.taskId === `${taskId}`);
  expect({
    ratio: allocated?.ratio ?? '0',
    bound: allocated?.bound ?? '0',
    readers: allocated?.readers ?? 0,
    operator: node.operator ?? zeroAddress,
  }).toEqual({ ratio: `${kept.ratio}`, bound: `${kept.bound}`, readers: kept.readers, operator });
}
