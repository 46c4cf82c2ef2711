// What small numbers cost: `node wasm-core/bench/small-numbers.ts`. Each row is a layer, a loss, a rule or a decoder, with
// ordinary numbers and with those that processors take a hundred cycles for, or whose products are such. Printed is processor
// time over that of ordinary numbers, the least of some turns; none may be above 1.3. docs/reference/wasm-numerics.md says
// why none is.
import { networkLayout } from '../loader/network.ts';
import { loadNodeCore } from '../loader/node.ts';
import { preAggregators } from '../loader/pre-aggregators/index.ts';
import { rules } from '../loader/rules/index.ts';
import { suitedRule } from '../loader/suited-rule.ts';
import type { Layer } from '../loader/types.ts';
import { networks } from './work.ts';

/** Numbers that a submission might hold in the place of x, which is about 1. */
const hostile: Record<string, (x: number, i: number) => number> = {
  subnormal: (x) => x * 1e-40,
  // Products with each other are subnormal.
  'small factors': (x) => x * 1e-20,
  // Products with gradients and activations of any size are.
  'of every size': (x, i) => x * 2 ** -((i * 37) % 150),
  'ordinary among tiny': (x, i) => (i % 7 ? x * 2 ** -(120 + (i % 29)) : x),
  'at the floor': (x, i) => x * 2 ** -(49 + (i % 4)),
};

const TURNS = 4;

/** Seconds of the processor. */
async function taken(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** The first contender is the ordinary one; all take turns. */
async function print(name: string, contenders: Record<string, () => unknown>): Promise<void> {
  const entries = Object.entries(contenders);
  for (const [, work] of entries) await work();
  const least = entries.map(() => Infinity);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, [, work]] of entries.entries()) least[i] = Math.min(least[i]!, await taken(work));
  }
  const ratios = least.map((seconds) => seconds / least[0]!).slice(1);
  const cells = ratios.map((ratio) => ratio.toFixed(2).padStart(6)).join('');
  console.log(`${name.padEnd(36)}${(least[0]! * 1000).toFixed(1).padStart(8)} ms${cells}`);
}

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647 - 0.5;
}

/** The same work with each kind of numbers. */
function kinds(make: (spoil: (x: number, i: number) => number) => () => unknown): Record<string, () => unknown> {
  return Object.fromEntries(
    [['ordinary', (x: number) => x] as const, ...Object.entries(hostile)].map(([name, spoil]) => [name, make(spoil)]),
  );
}

const core = await loadNodeCore();
console.log(`${''.padEnd(36)}   ordinary  ${Object.keys(hostile).join(', ')}`);

const WORK = 3e7;
for (const [name, layers] of Object.entries({ ...networks })) {
  const { input, work, classes, rows } = networkLayout(layers);
  const tokens = input.kind !== 'features';
  const count = Math.max(1, Math.min(20_000, Math.floor(WORK / work)));
  const next = random(7);
  const values = Float32Array.from({ length: tokens ? 0 : count * input.size }, () => next() * 4);
  const samples = (spoil: (x: number, i: number) => number) =>
    tokens
      ? {
          inputs: new (input.vocabulary > 256 ? Uint16Array : Uint8Array)(
            count * (input.size + Number(input.kind === 'tokens')),
          ).map((_, i) => (i * 7) % input.vocabulary),
          ...(input.kind === 'text' && { labels: new Uint8Array(count) }),
        }
      : { inputs: values.map(spoil), labels: new Uint8Array(count).map((_, i) => i % Math.min(classes, 2)) };
  const start = core.initialise(layers, 1).map((x) => (x === 0 ? 0.01 : x));
  await print(
    `${name}: evaluate`,
    kinds((spoil) => {
      const given = { layers, parameters: start.map(spoil), ...samples(spoil) };
      return () => core.evaluate(given);
    }),
  );
  const few = Math.max(1, Math.floor(count / 8));
  const step = { epochs: 1, batchSize: Math.min(16, few), learningRate: 1e-9, momentum: 0.9, seed: 1 };
  if (rows * classes > 2 ** 18 || work > 3e6) continue;
  await print(
    `${name}: train`,
    kinds((spoil) => {
      const { inputs, ...rest } = samples(spoil);
      const part = inputs.slice(0, (inputs.length / count) * few);
      const labels = 'labels' in rest ? rest.labels?.slice(0, few) : undefined;
      const given = { layers, parameters: start.map(spoil), inputs: part, labels, ...step };
      return () => core.train(given);
    }),
  );
}

{
  const layers: Layer[] = [
    { type: 'dense', inputs: 16, outputs: 256 },
    { type: 'gelu' },
    { type: 'dense', inputs: 256, outputs: 256 },
  ];
  const next = random(3);
  const count = 400;
  const inputs = Float32Array.from({ length: count * 16 }, () => next() * 4);
  const targets = Float32Array.from({ length: count * 256 }, next);
  const parameters = core.initialise(layers, 2);
  for (const optimizer of ['sgd', 'adam'] as const) {
    const step = { epochs: 4, batchSize: 50, learningRate: 0.01, momentum: 0.9, seed: 1, optimizer };
    for (const loss of ['squared-error', 'cross-entropy'] as const) {
      await print(
        `${loss}: ${optimizer}`,
        kinds((spoil) => {
          const labels = loss === 'squared-error' ? targets.map(spoil) : new Uint8Array(count);
          const given = { layers, loss, parameters: parameters.map(spoil), inputs: inputs.map(spoil), labels, ...step };
          return () => core.train(given);
        }),
      );
    }
    // What a dead unit's velocity becomes, and steps that are small themselves.
    await print(`${optimizer}: small rates`, {
      ordinary: () => core.train({ layers, parameters, inputs, labels: new Uint8Array(count), ...step }),
      'small rate': () =>
        core.train({ layers, parameters, inputs, labels: new Uint8Array(count), ...step, learningRate: 1e-39 }),
      'small momentum': () =>
        core.train({ layers, parameters, inputs, labels: new Uint8Array(count), ...step, momentum: 1e-39 }),
      'dead units': () => {
        const dead = parameters.map((x) => (x > 0.1 ? x : -Math.abs(x) * 1e-3));
        core.train({ layers, parameters: dead, inputs, labels: new Uint8Array(count), ...step });
      },
    });
  }
}

const [n, d] = [24, 40_000];
const next = random(11);
const updates = Array.from({ length: n }, () => Float32Array.from({ length: d }, next));
for (const rule of [
  ...rules.map(({ name }) => suitedRule(name, [], n, 4)),
  ...preAggregators.map(({ name }) => suitedRule('trimmed-mean', [name], n, 4)),
]) {
  await print(
    ['aggregate', rule.rule, ...(rule.pre ?? []).map(({ pre }) => pre)].join(' '),
    kinds((spoil) => {
      const spoilt = updates.map((row) => row.map(spoil));
      return () => core.aggregate(rule, spoilt);
    }),
  );
}
for (const norm of [1, 1e-40, 5e-324]) {
  await print(
    `clipped to ${norm}`,
    kinds((spoil) => {
      const spoilt = updates.map((row) => row.map(spoil));
      return () => core.aggregate({ rule: 'norm-clip', clip: norm, pre: [{ pre: 'clip', norm }] }, spoilt);
    }),
  );
}
for (const clip of [0, 3]) {
  await print(
    `attributed mean, clip ${clip}`,
    kinds((spoil) => {
      const base = updates[0]!.map(spoil);
      const given = {
        base: { parameters: base, evaluation: { loss: 100n } },
        updates: updates.slice(4).map((row) => row.map(spoil)),
        seats: updates.slice(4).map(() => 1),
        publicDirections: updates.slice(0, 3).map((row) => row.map(spoil)),
        known: updates[3]!.map(spoil),
        clip,
        predictions: 1000,
        evaluate: () => Promise.resolve({ loss: 99n }),
        gradient: () => Promise.resolve(updates[3]!.map(spoil)),
      };
      return () => core.attributedMean(given);
    }),
  );
}
await print(
  'decoding int8',
  kinds((spoil) => {
    const data = Int8Array.from({ length: 64 * 10_000 }, (_, i) => (i * 7) % 127);
    const scales = Float32Array.from({ length: 10_000 }, (_, i) => Math.max(1e-45, Math.fround(spoil(1, i))));
    return () => core.codec.dequantise({ data, scales });
  }),
);
for (const operation of ['add', 'subtract'] as const) {
  await print(
    operation,
    kinds((spoil) => {
      const [a, b] = [updates[0]!.map(spoil), updates[1]!.map(spoil)];
      return () => {
        for (let i = 0; i < 40; i++) core[operation](a, b);
      };
    }),
  );
}
