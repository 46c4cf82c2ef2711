import { networkLayout } from '@covey/wasm-core';
import type { Core, Layer } from '@covey/wasm-core';
import { describe, expect, it } from 'vitest';
import { modelToBytes } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import {
  evaluationCost,
  fitsWindows,
  handlingCost,
  networkCost,
  roundCost,
  scoringSeconds,
  statedCost,
} from './cost.ts';
import { scoreRound } from './round/score.ts';
import { architecture, content, core, delta, inputs, keys, submission, task, train } from './round/testing/corners.ts';
import { encodeTaskDocument } from './task.ts';
import type { TaskDocument } from './task.ts';

const image = (height: number, width: number): Layer => ({ type: 'image', channels: 4, height, width });
const conv = (padding?: [number, number]): Layer => ({
  type: 'conv2d',
  inputs: 4,
  outputs: 4,
  kernel: [3, 3],
  ...(padding && { padding }),
});
const sequence = (length: number): Layer[] => [
  { type: 'embedding', vocabulary: 256, length, width: 16 },
  { type: 'attention', width: 16, heads: 1 },
  { type: 'dense', inputs: 16, outputs: 256 },
];

/** The task with other layers, with what follows from them. */
function taskOf(layers: Layer[], change: Partial<TaskDocument> = {}): TaskDocument {
  const made: TaskDocument = {
    ...task,
    architecture: { layers, input: layers[0]?.type === 'embedding' ? 'tokens' : 'u8' },
    validation: {
      shards: task.validation.shards.map((shard) => ({ ...shard, samples: 1 })),
      holdout: { ...task.validation.holdout, samples: 1 },
    },
    ...change,
  };
  try {
    return { ...made, cost: String(statedCost(made)) };
  } catch {
    return made;
  }
}
const writing = (made: TaskDocument) => () => encodeTaskDocument(made);
const refused = (about: string) =>
  expect.objectContaining({
    code: 'PROTOCOL_INVALID_DOCUMENT',
    message: expect.stringContaining(about) as string,
  }) as Error;

describe('a task document', () => {
  it('names no network of which one sample cannot be scored', () => {
    const wide = [
      image(4096, 4096),
      conv([1, 1]),
      { type: 'flatten' },
      { type: 'dense', inputs: 4, outputs: 2 },
    ] as Layer[];
    expect(writing(taskOf(wide))).toThrowError(refused('architecture'));
    expect(writing(taskOf(sequence(8192)))).toThrowError(refused('memory'));
    expect(writing(taskOf(sequence(65_536)))).toThrowError(refused('architecture'));
    expect(writing(taskOf(sequence(1024)))).not.toThrow();
  });

  it('names no network that cannot be trained with its minibatches, unless models come from elsewhere', () => {
    const large: Layer[] = [
      { type: 'dense', inputs: 4, outputs: 65_536 },
      { type: 'dense', inputs: 65_536, outputs: 2 },
    ];
    const training = { ...task.training, batchSize: 4096 };
    expect(writing(taskOf(large, { training }))).toThrowError(refused('Training'));
    expect(writing(taskOf(large, { training: { ...training, batchSize: 64 } }))).not.toThrow();
    expect(writing(taskOf(large, { training, mode: 'arena', ranking: 'loss' }))).not.toThrow();
  });

  it('promises no shards beyond what anybody fetches', () => {
    const { shards, holdout } = task.validation;
    const validation = { shards, holdout: { ...holdout, samples: 2 ** 24 } };
    // Inputs and a label of a byte: 2^24 bytes less than 2^28, or all of them, which leaves no room for a header; then as many of f32.
    const writingOf = (features: number, input: 'u8' | 'f32') => {
      const architecture: Architecture = { layers: [{ type: 'dense', inputs: features, outputs: 4 }], input };
      return writing({ ...task, architecture, validation, cost: String(evaluationCost(architecture, 2 ** 24)) });
    };
    expect(writingOf(14, 'u8')).not.toThrow();
    expect(writingOf(15, 'u8')).toThrowError(refused('validation'));
    expect(writingOf(3, 'f32')).not.toThrow();
    expect(writingOf(4, 'f32')).toThrowError(refused('validation'));
  });
});

describe('the cost of a round', () => {
  const seats = 3;
  /** The core, counting multiply-adds in samples: a gradient or an epoch is three evaluations of each. */
  function counting(): { core: Core; counts: { samples: number } } {
    const counts = { samples: 0 };
    return {
      counts,
      core: {
        ...core,
        evaluate: (a) => {
          const evaluation = core.evaluate(a);
          counts.samples += evaluation.count;
          return evaluation;
        },
        gradient: (a) => {
          counts.samples += 3 * (a.labels?.length ?? 0);
          return core.gradient(a);
        },
        train: (a) => {
          counts.samples += 3 * a.epochs * (a.labels?.length ?? 0);
          return core.train(a);
        },
      },
    };
  }

  it.each([
    ['federated', 'contribution', { rule: 'fedavg' }],
    ['federated', 'contribution', { rule: 'attributed-mean', publicEpochs: 2, clip: 0 }],
    ['federated', 'loss', { rule: 'fedavg' }],
    ['arena', 'loss', { rule: 'fedavg' }],
  ] as const)('is no less than what a %s round by %s takes in the end (%o)', async (mode, ranking, aggregation) => {
    const { work } = networkLayout(architecture.layers);
    const own: TaskDocument = { ...task, mode, ranking, aggregation };
    const made = [1, 2, 3].map((seed) => (mode === 'arena' ? modelToBytes(architecture, train(seed)) : delta(seed)));
    const cids = await Promise.all(made.map((bytes) => content.add(bytes)));
    const { core, counts } = counting();
    await scoreRound({
      core,
      task: own,
      inputs: inputs(
        cids.map((cid, i) => submission(i, cid)),
        { round: 1, key: keys[1]!, opened: [{ round: 0, key: keys[0]! }] },
      ),
      fetch: content.fetch,
    });
    const taken = BigInt(counts.samples) * BigInt(work);
    const most = networkCost(own, { trainerSeats: BigInt(seats) });
    expect(taken).toBeLessThanOrEqual(most);
    // The attributed mean asks the least where everybody is honest.
    expect(taken * (ranking === 'loss' || aggregation.rule === 'fedavg' ? 1n : 3n)).toBeGreaterThanOrEqual(most);
  });

  it('grows with the epochs that the core trains on what is open', () => {
    const of = (publicEpochs: number) =>
      roundCost({ ...task, aggregation: { rule: 'attributed-mean', publicEpochs, clip: 0 } }, { trainerSeats: 1n });
    // Both rounds' shards.
    expect(of(5) - of(0)).toBe(3n * 5n * 2n * BigInt(task.cost));
  });

  it('counts passes over updates, pairs of them where a rule compares rows, and the opening of shards', () => {
    const parameters = BigInt(networkLayout(architecture.layers).parameterCount);
    const of = (trainerSeats: bigint, aggregation: TaskDocument['aggregation']) =>
      handlingCost({ ...task, aggregation }, { trainerSeats });
    const mean = { rule: 'attributed-mean', publicEpochs: 0, clip: 0 } as const;
    expect(of(64n, mean) - of(0n, mean)).toBe(6400n * parameters);
    for (const rule of [
      { rule: 'krum', byzantine: 1 },
      { rule: 'median', pre: [{ pre: 'nnm', byzantine: 1 }] },
    ] as const) {
      const aggregation = rule as unknown as TaskDocument['aggregation'];
      expect(of(64n, aggregation) - of(64n, mean)).toBe(2n * 64n * 64n * parameters);
    }
    const encodings: TaskDocument['encodings'] = ['f32', 'lora'];
    expect(handlingCost({ ...task, encodings }, { trainerSeats: 64n }) - of(64n, task.aggregation)).toBe(
      64n * 100n * parameters,
    );
    // Its own shard of 600 samples of 17 bytes, and by contribution the one that can be open before it.
    expect(of(0n, mean)).toBe(1200n * (20_000n + 40n * 17n));
    expect(handlingCost({ ...task, ranking: 'loss' }, { trainerSeats: 0n })).toBe(600n * (20_000n + 40n * 17n));
  });

  it('fits the window of results where it takes no more seconds than that has, to the second', () => {
    // By loss each seat may be a submission that is scored by itself.
    const own: TaskDocument = { ...task, ranking: 'loss', windows: { ...task.windows, resultCommit: 60 } };
    const cost = roundCost(own, { trainerSeats: 64n });
    // Exactly 60 seconds, and a unit more than a rate can do in them.
    const exact = (cost + 59n) / 60n;
    expect(scoringSeconds(own, { trainerSeats: 64n, scoringRate: exact })).toBe(60n);
    expect(fitsWindows(own, { trainerSeats: 64n, scoringRate: exact })).toBe(true);
    expect(fitsWindows(own, { trainerSeats: 64n, scoringRate: (cost - 1n) / 60n })).toBe(false);
    expect(fitsWindows(own, { trainerSeats: 1024n, scoringRate: exact })).toBe(false);
  });
});
