import { beaconAbi, roles, roundManagerAbi, voidReasons, type VoidReasonName } from '@covey/contracts/abi';
import { drandBeaconAbi } from '@covey/contracts/abi';
import { decodeEnum, type DrawnRole } from '@covey/protocol';
import { zeroHash, type Hex } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { chainTime } from '../chain/phase.ts';
import { readRound, type RoundOnChain } from '../chain/read-round.ts';
import type { Sent } from '../chain/sender.ts';
import { clientError } from '../errors.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import type { BeaconSource } from './beacon-source.ts';
import type { CrankParameters } from './crank-parameters.ts';

export interface DrawParameters extends CrankParameters {
  /** Where proofs of the beacon come from; a deployment whose beacon is block hashes needs none. */
  beacon?: BeaconSource | undefined;
  signal?: AbortSignal;
}

/** `waiting`: for the beacon. `failed`: nothing can be drawn, so that the round can only be voided or repeated. */
export type DrawProgress = 'drawn' | 'waiting' | 'failed' | 'not-due';

/** How the contract refuses a proof: no signature of this round, or no point that a signature could be. */
const refused = ['BeaconProofInvalid', 'PointRefused'];

/** What another did first, or the clock. */
const outrun = ['WrongPhase', 'AlreadyDrawn', 'NothingToDraw', 'DrawTooLate'];

/**
 * Brings the draw that is due as far as it goes now: fixes where the beacon's value comes from, and once the value is
 * there, brings it and draws.
 */
export async function advanceDraw(parameters: DrawParameters): Promise<DrawProgress> {
  const { covey, taskId, round } = parameters;
  const info = await readRound(covey, taskId, round);
  const draw = dueDraw(info);
  if (draw === null) return 'not-due';
  if ((await readDrawFailure(covey, taskId, round)) !== 'none') return 'failed';
  const known = await readBeaconValue(covey, draw.end);
  if (known !== null) return await drawWith(parameters, draw.role, '0x');
  return covey.deployment.beaconKind === 'drand'
    ? await drawByDrand(parameters, draw)
    : await drawByBlock(parameters, draw);
}

interface DueDraw {
  role: DrawnRole;
  /** The end of the window for which the beacon's value draws, unix seconds. */
  end: bigint;
}

function dueDraw({ phase, attempt, deadlines }: RoundOnChain): DueDraw | null {
  if (phase === 'trainerDraw') return { role: 'trainer', end: BigInt(deadlines.join) };
  if (phase !== 'validatorDraw') return null;
  return { role: 'validator', end: BigInt(attempt === 0 ? deadlines.reveal : deadlines.validatorJoin) };
}

/** Why a round whose draw is due can never be drawn; `none` where it can. */
export async function readDrawFailure(covey: CoveyChain, taskId: bigint, round: number): Promise<VoidReasonName> {
  try {
    const reason = await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'drawFailure',
      args: [taskId, round],
    });
    return decodeEnum(voidReasons, reason);
  } catch (cause) {
    throw chainError(cause, `reading whether round ${round} of task ${taskId} can be drawn`);
  }
}

/** The beacon's value for a window's end; null until somebody brought it. */
export async function readBeaconValue(covey: CoveyChain, end: bigint): Promise<Hex | null> {
  try {
    const value = await covey.publicClient.readContract({ ...beaconOf(covey), functionName: 'valueOf', args: [end] });
    return value === zeroHash ? null : value;
  } catch (cause) {
    throw chainError(cause, `reading the beacon for ${end}`);
  }
}

const beaconOf = ({ deployment }: CoveyChain) => ({ address: deployment.beacon, abi: beaconAbi }) as const;

async function drawByDrand(parameters: DrawParameters, { role, end }: DueDraw): Promise<DrawProgress> {
  const { covey, beacon, signal } = parameters;
  if (!beacon) {
    throw clientError('BEACON_MISSING', 'A draw needs a proof of the beacon, and no source of proofs was given.', {
      expected: 'beacon: drandRelays()',
    });
  }
  const { drandRound, outAt } = await readDrandRound(covey, end);
  if ((await chainTime(covey)) < outAt) return 'waiting';
  for await (const proof of beacon.proofs(drandRound, signal)) {
    const progress = await ignoring(refused, () => drawWith(parameters, role, proof));
    if (progress !== null) return progress;
  }
  throw clientError('BEACON_INVALID', `No source gave the proof of the beacon’s round ${drandRound}.`, {
    got: 'proofs that the contract refuses',
  });
}

/** Which drand round gives the value for a window's end, and from when it is out, unix seconds. */
async function readDrandRound(covey: CoveyChain, end: bigint): Promise<{ drandRound: bigint; outAt: bigint }> {
  const contract = { address: covey.deployment.beacon, abi: drandBeaconAbi } as const;
  try {
    const drandRound = await covey.publicClient.readContract({ ...contract, functionName: 'sourceOf', args: [end] });
    const args = [drandRound] as const;
    return { drandRound, outAt: await covey.publicClient.readContract({ ...contract, functionName: 'timeOf', args }) };
  } catch (cause) {
    throw chainError(cause, `reading the beacon for ${end}`);
  }
}

/** Two steps: a block that is not built yet is fixed, then its hash is the value. */
async function drawByBlock(parameters: DrawParameters, { role, end }: DueDraw): Promise<DrawProgress> {
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  let source: bigint;
  let next: bigint;
  try {
    [source, next] = await Promise.all([
      covey.publicClient.readContract({ ...beaconOf(covey), functionName: 'sourceOf', args: [end] }),
      covey.publicClient.getBlockNumber({ cacheTime: 0 }).then((newest) => newest + 1n),
    ]);
  } catch (cause) {
    throw chainError(cause, `reading the beacon for ${end}`);
  }
  if (source === 0n) {
    await fixBeacon(covey, { taskId, round, end, onEvent });
    return 'waiting';
  }
  if (next <= source) return 'waiting';
  return (await ignoring(['BeaconTooEarly'], () => drawWith(parameters, role, '0x'))) ?? 'waiting';
}

async function fixBeacon(
  covey: CoveyWriter,
  { taskId, round, end, onEvent }: { taskId: bigint; round: number; end: bigint; onEvent: OnAction },
): Promise<void> {
  const sent = await covey.sender.send({ ...beaconOf(covey), functionName: 'fix', args: [end] });
  const source = sent.result as bigint;
  onEvent({ event: 'beacon-fixed', source, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
}

async function drawWith(parameters: DrawParameters, role: DrawnRole, proof: Hex): Promise<DrawProgress> {
  const { covey, taskId, round, onEvent = ignoreActions } = parameters;
  const address = covey.deployment.roundManager;
  const sent: Sent | null = await ignoring(outrun, () =>
    covey.sender.send({
      address,
      abi: roundManagerAbi,
      functionName: 'draw',
      args: [taskId, round, roles.indexOf(role), proof],
    }),
  );
  if (!sent) {
    const { trainerSeed, validatorSeed } = await readRound(covey, taskId, round);
    return (role === 'trainer' ? trainerSeed : validatorSeed) === null ? 'failed' : 'drawn';
  }
  const { attempt, seats } = eventIn(sent.receipt, address, roundManagerAbi, 'SeatsDrawn').args;
  onEvent({ event: 'drawn', role, attempt, seats, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return 'drawn';
}
