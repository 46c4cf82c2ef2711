import { LOSS_CAP } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Core } from '@covey/wasm-core';
import type { Architecture } from './architecture.ts';
import { encodeDataset } from './dataset.ts';
import { MAX_LOSS, claimsOf } from './result.ts';
import type { ResultSubmission } from './result.ts';
import { ONE } from './ratio.ts';
import { MAX_SUBMISSIONS } from './rules.ts';
import { Evaluator } from './round/evaluator.ts';
import { decodeSamples } from './samples.ts';
import { trainerWeights } from './settlement/arithmetic.ts';
import { nodeAddress } from './round/testing/corners.ts';
import { ZERO_BYTES32 } from './primitives.ts';
import { MAX_SHARD_BYTES } from './shard.ts';

let core: Core;
beforeAll(async () => {
  core = await loadNodeCore();
});
afterAll(() => core.close());

/** The widths of `Summaries.sol` and `RewardState.sol`. */
const CHAIN_SUM = 2n ** 160n - 1n;

/** As the schema has it, with one seat each. */
function paid(weights: readonly bigint[]): ResultSubmission[] {
  return weights.map((weight, index) => ({
    index,
    node: nodeAddress(index),
    cid: '',
    parameterRoot: ZERO_BYTES32,
    seats: 1,
    verdict: 'valid',
    loss: '0',
    correct: 0,
    contribution: String(weight),
    rank: 0,
    weight: String(weight),
  }));
}

describe('sums of a round at their bounds', () => {
  it('claims of the largest contributions fit the chain', () => {
    expect(MAX_LOSS).toBe(2n ** 80n);
    const submissions = paid(Array<bigint>(MAX_SUBMISSIONS).fill(MAX_LOSS));
    const policy = { trainerSeats: MAX_SUBMISSIONS, rankRatio: String(ONE) };
    const { totals } = claimsOf({ submissions, ranking: 'contribution', policy });
    expect(totals).toMatchObject({
      claimants: MAX_SUBMISSIONS,
      paidSeats: MAX_SUBMISSIONS,
      sumWeights: String(2n ** 90n),
    });
    expect(BigInt(totals.sumWeights) <= CHAIN_SUM).toBe(true);
    expect(BigInt(totals.trainersRatio) <= ONE).toBe(true);
  });

  it('weights of all ranks, none smaller than the one before, fit too', () => {
    const trainers = Array.from({ length: MAX_SUBMISSIONS }, (_, i) => ({ seats: 1, score: BigInt(i) }));
    const weights = trainerWeights('loss', trainers, ONE);
    expect(weights.every((weight) => weight === ONE)).toBe(true);
    const policy = { trainerSeats: MAX_SUBMISSIONS, rankRatio: String(ONE) };
    const { totals } = claimsOf({ submissions: paid(weights), ranking: 'loss', policy });
    expect(totals.sumWeights).toBe(String(ONE * BigInt(MAX_SUBMISSIONS)));
    expect(totals.trainersRatio).toBe(String(ONE));
    // One trainer that has every seat weighs as much.
    expect(trainerWeights('loss', [{ seats: MAX_SUBMISSIONS, score: 0n }], ONE)[0]! <= MAX_LOSS).toBe(true);
  });

  it('a capped language model loses what the evaluator calls the worst', async () => {
    const architecture: Architecture = {
      layers: [
        { type: 'embedding', vocabulary: 16, length: 16, width: 8 },
        { type: 'dense', inputs: 8, outputs: 16 },
      ],
      input: 'tokens',
    };
    const file = encodeDataset({ inputs: new Uint8Array(17 * 256), features: 17 });
    const samples = decodeSamples(architecture, file, { maxBytes: MAX_SHARD_BYTES });
    expect(samples.predictions).toBeLessThanOrEqual(file.length);
    const evaluator = new Evaluator(core, architecture, samples);
    const garbage = core.initialise(architecture.layers, 1).map((value) => (value < 0 ? -3e38 : 3e38));
    const { loss } = await evaluator.evaluate(garbage);
    expect(loss).toBe(LOSS_CAP * 4096n);
  });
});
