import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { loadNodeCore } from './node.ts';
import { networkLayout } from './network.ts';
import { session as sessionOf } from './session.ts';
import { bitsOf, testCore, testInstance } from './test-fixtures.ts';
import type { Core, Inputs, Layer } from './types.ts';
import { integerType, valueTypes } from './values.ts';

// A text that goes on token by token has the outputs of the whole text at each token, bit for bit.

let core: Core;
let threaded: Core;
beforeAll(async () => {
  core = await testCore();
  threaded = await loadNodeCore({ threads: 3 });
});
afterAll(() => threaded.close());

interface Made {
  layers: Layer[];
  vocabulary: number;
  length: number;
}

/** Every layer of tokens, with all of its options. */
const network: fc.Arbitrary<Made> = fc
  .record({
    vocabulary: fc.constantFrom(2, 5, 33, 300, 70_000),
    length: fc.constantFrom(1, 2, 7, 8, 33, 45, 70),
    width: fc.constantFrom(1, 4, 6, 12, 40),
    blocks: fc.integer({ min: 0, max: 3 }),
    isTied: fc.boolean(),
    hasPositions: fc.boolean(),
  })
  .filter(({ vocabulary, width }) => vocabulary < 1000 || width < 12)
  .chain(({ vocabulary, length, width, blocks, isTied, hasPositions }) => {
    const head: Layer = isTied ? { type: 'unembedding' } : { type: 'dense', inputs: width, outputs: vocabulary };
    const first: Layer[] = [{ type: 'embedding', vocabulary, length, width }];
    if (hasPositions) first.push({ type: 'positions', length, width });
    return fc
      .array(block(width), { minLength: blocks, maxLength: blocks })
      .map((body) => ({ layers: [...first, ...body.flat(), head], vocabulary, length }));
  });

const epsilon = fc.constantFrom(1e-6, 1e-5, 1e-2);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const turning = fc.oneof(
  fc.constant({}),
  fc.record({
    rotary: fc.constant(true),
    rotaryBase: optional(fc.constantFrom(2, 10_000, 500_000)),
    rotaryFactor: optional(fc.constantFrom(1, 2.5, 8)),
  }),
  fc.constant({ rotary: true, rotaryFactor: 8, rotaryLow: 1, rotaryHigh: 4, rotaryLength: 16 }),
);

function attention(width: number): fc.Arbitrary<Layer> {
  return fc
    .record({
      kvHeads: fc.integer({ min: 1, max: 3 }),
      sharing: fc.integer({ min: 1, max: 3 }),
      half: fc.integer({ min: 1, max: 9 }),
      isOdd: fc.boolean(),
      bias: optional(fc.boolean()),
      outBias: optional(fc.boolean()),
      qkNorm: optional(epsilon),
      turns: turning,
    })
    .map(({ kvHeads, sharing, half, isOdd, turns, ...rest }): Layer => {
      const headSize = 2 * half - (isOdd && !('rotary' in turns) ? 1 : 0);
      return { type: 'attention', width, heads: kvHeads * sharing, kvHeads, headSize, ...rest, ...turns };
    });
}

function block(width: number): fc.Arbitrary<Layer[]> {
  const norm = fc
    .record({ type: fc.constantFrom('layer-norm' as const, 'rms-norm' as const), epsilon: optional(epsilon) })
    .map((one): Layer => ({ ...one, features: width }));
  const activation = fc.constantFrom<Layer>(
    { type: 'relu' },
    { type: 'gelu' },
    { type: 'gelu', approximate: 'tanh' },
    { type: 'silu' },
    { type: 'tanh' },
    { type: 'softmax' },
  );
  const wide = fc.tuple(fc.constantFrom(1, 9, 65), fc.boolean(), activation);
  const plain = wide.map(([inner, bias, between]): Layer[] => [
    { type: 'dense', inputs: width, outputs: inner, bias },
    between,
    { type: 'dense', inputs: inner, outputs: width, bias: !bias },
  ]);
  const gated = fc
    .tuple(fc.constantFrom(3, 32), fc.constantFrom('silu' as const, 'gelu' as const, 'gelu-tanh' as const))
    .map(([inner, gate]): Layer[] => [
      { type: 'dense', inputs: width, outputs: 2 * inner, bias: false },
      { type: 'glu', activation: gate },
      { type: 'dense', inputs: inner, outputs: width, bias: false },
    ]);
  const inner = fc.oneof(
    attention(width).map((one) => [one]),
    attention(width).map((one) => [one]),
    plain,
    gated,
  );
  return fc.tuple(norm, inner, fc.boolean()).map(([first, layers, isResidual]) => {
    const list = [first, ...layers];
    return isResidual ? [{ type: 'residual', layers: list }] : list;
  });
}

const seeded = (layers: Layer[], seed: number, scale = 1): Float32Array =>
  core.initialise(layers, seed).map((value, i) => scale * (value + (((i * 37) % 101) - 50) / 400));

/** Outputs of each token of a text, from the whole network over the whole window. */
function whole(
  { layers, vocabulary, length }: Made,
  parameters: Float32Array,
  tokens: readonly number[],
): Float32Array[] {
  const inputs: Inputs = new valueTypes[integerType(vocabulary)].Array(length + 1);
  inputs.set(tokens);
  const outputs = core.outputs({ layers, parameters, inputs });
  return tokens.map((_, t) => outputs.subarray(t * vocabulary, (t + 1) * vocabulary));
}

const text = ({ vocabulary, length }: Made) =>
  fc.array(fc.integer({ min: 0, max: vocabulary - 1 }), { minLength: 1, maxLength: length });

describe('a session', () => {
  it('gives the bits of the whole text: prompts, tokens one by one, many texts at once, on threads', () => {
    const cases = network.chain((made) =>
      fc.record({
        made: fc.constant(made),
        texts: fc.array(text(made), { minLength: 1, maxLength: 6 }),
        seed: fc.integer({ min: 0, max: 1000 }),
        /** Lengths of the parts in which a text comes. */
        parts: fc.infiniteStream(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 70 }))),
        isThreaded: fc.boolean(),
      }),
    );
    fc.assert(
      fc.property(cases, ({ made, texts, seed, parts, isThreaded }) => {
        const parameters = seeded(made.layers, seed);
        const session = (isThreaded ? threaded : core).session({ layers: made.layers, parameters });
        expect(session.capacity).toBe(made.length);
        const going = texts.map((tokens) => ({ tokens, all: whole(made, parameters, tokens), text: session.open() }));
        for (;;) {
          const left = going.filter(({ tokens, text: { seen } }) => seen < tokens.length);
          if (left.length === 0) break;
          const asked = left.map(({ tokens, text: one }) => {
            const part = tokens.slice(one.seen, one.seen + parts.next().value);
            return { text: one, tokens: part, last: one.seen + part.length - 1 };
          });
          session.extend(asked).forEach((row, i) => {
            expect(bitsOf(row)).toEqual(bitsOf(left[i]!.all[asked[i]!.last]!));
          });
        }
        session.close();
      }),
      { numRuns: 50, seed: 5 },
    );
  });

  it('goes on from what it keeps, with adapters too, and begins anew', () => {
    const made: Made = {
      vocabulary: 11,
      length: 9,
      layers: [
        { type: 'embedding', vocabulary: 11, length: 9, width: 8 },
        { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 4, kvHeads: 2, rotary: true }] },
        { type: 'dense', inputs: 8, outputs: 11 },
      ],
    };
    const base = seeded(made.layers, 3);
    const adapters = Float32Array.from({ length: 2 * (8 + 16 + 8 + 8 + 8 + 11) }, (_, i) => ((i * 29) % 17) / 17 - 0.5);
    const parameters = core.applyLora({ layers: made.layers, parameters: base, adapters, rank: 2, alpha: 4 });
    const session = core.session({ layers: made.layers, parameters });
    const one = session.open();
    session.extend([{ text: one, tokens: [1, 2, 3, 4, 5, 6, 7, 8, 9] }]);
    expect(one.seen).toBe(9);
    for (const kept of [8, 3, 0]) {
      one.keep(kept);
      const tokens = [1, 2, 3, 4, 5, 6, 7, 8].slice(0, kept);
      const [row] = session.extend([{ text: one, tokens: Uint8Array.of(10) }]);
      expect(bitsOf(row!)).toEqual(bitsOf(whole(made, parameters, [...tokens, 10]).at(-1)!));
    }
    session.close();
  });

  it('reads prompts longer than a call of the core', () => {
    const made: Made = {
      vocabulary: 7,
      length: 700,
      layers: [
        { type: 'embedding', vocabulary: 7, length: 700, width: 6 },
        { type: 'attention', width: 6, heads: 3, kvHeads: 1, rotary: true },
        { type: 'dense', inputs: 6, outputs: 7 },
      ],
    };
    const parameters = seeded(made.layers, 9, 2);
    const tokens = Array.from({ length: 700 }, (_, i) => (i * i + 3) % 7);
    const all = whole(made, parameters, tokens);
    for (const one of [core, threaded]) {
      const session = one.session({ layers: made.layers, parameters });
      const texts = [699, 300, 1, 513].map((length) => ({ text: session.open(), tokens: tokens.slice(0, length) }));
      session.extend(texts).forEach((row, i) => expect(bitsOf(row)).toEqual(bitsOf(all[texts[i]!.tokens.length - 1]!)));
      const [last] = session.extend([{ text: texts[0]!.text, tokens: [tokens[699]!] }]);
      expect(bitsOf(last!)).toEqual(bitsOf(all[699]!));
      session.close();
    }
  });
});

describe('values beyond f32', () => {
  /** No residual carries what is not finite, and relu makes 0 of NaN. */
  const made: Made = {
    vocabulary: 6,
    length: 5,
    layers: [
      { type: 'embedding', vocabulary: 6, length: 5, width: 2 },
      { type: 'attention', width: 2, heads: 1 },
      { type: 'relu' },
      { type: 'attention', width: 2, heads: 1 },
      { type: 'relu' },
      { type: 'dense', inputs: 2, outputs: 6 },
    ],
  };
  const { tensors } = networkLayout(made.layers);
  const at = (name: string) => tensors.find((tensor) => tensor.name === name)!.offset;

  it('of a later token change nothing before it', () => {
    const parameters = seeded(made.layers, 4).fill(1);
    parameters.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3e38, 3e38], at('layers.0.weight'));
    // Its keys and values are infinite, so that 0 times them is not 0.
    const plain = whole(made, parameters, [0, 1, 2, 3, 4]);
    const last = whole(made, parameters, [0, 1, 2, 3, 5]);
    expect(last.slice(0, 4)).toEqual(plain.slice(0, 4));
    const session = core.session({ layers: made.layers, parameters });
    const one = session.open();
    const rows = [[0, 1], [2], [3, 5]].map((tokens) => session.extend([{ text: one, tokens }])[0]!);
    expect(rows.map(bitsOf)).toEqual([last[1]!, last[2]!, last[4]!].map(bitsOf));
    session.close();
  });

  it('as outputs are refused, and leave the text as it was', () => {
    const parameters = seeded(made.layers, 4).fill(1);
    parameters.fill(3e38, at('layers.5.weight'));
    const session = core.session({ layers: made.layers, parameters });
    const one = session.open();
    const extend = () => session.extend([{ text: one, tokens: [1, 2] }]);
    expect(extend).toThrow(expect.objectContaining({ code: 'CORE_OVERFLOW' }));
    expect(one.seen).toBe(0);
    session.close();
  });
});

describe('memory', () => {
  const layers: Layer[] = [
    { type: 'embedding', vocabulary: 5, length: 20, width: 4 },
    { type: 'attention', width: 4, heads: 2 },
    { type: 'dense', inputs: 4, outputs: 5 },
  ];
  let instance: CoreInstance;
  beforeAll(async () => {
    instance = await testInstance();
  });
  const start = () =>
    sessionOf(instance, { layers, parameters: new Float32Array(networkLayout(layers).parameterCount) });

  it('is what was said before, is used again, and is given back', () => {
    const { arena } = instance;
    const before = arena.used;
    const { session: bytes, text: each } = core.sessionBytes(layers);
    // Two heads, keys and values of 24 and 20 tokens: f32[2 · 2 · 24] and f32[2 · 8 · 20].
    expect(each).toBe(4 * (96 + 320));
    const first = start();
    expect(arena.used - before).toBeGreaterThanOrEqual(bytes);
    expect(arena.used - before).toBeLessThan(bytes + 64);
    const [a, b] = [first.open(), first.open()];
    const full = arena.used;
    expect(full - before).toBeLessThan(bytes + 2 * each + 128);
    a.close();
    a.close();
    const second = first.open();
    expect(arena.used).toBe(full);
    b.close();
    second.close();
    first.open();
    const other = start();
    first.close();
    // A scope's memory is above it: it is given back behind it.
    arena.scope(() => {
      const at = arena.allocate(64);
      other.close();
      other.close();
      expect(arena.allocate(64)).toBeGreaterThan(at);
    });
    expect(arena.used).toBe(before);
  });

  it('is not taken inside of another call, nor where there is none left', () => {
    const { arena } = instance;
    const none = expect.objectContaining({ code: 'CORE_OUT_OF_MEMORY' }) as Error;
    arena.scope(() => expect(start).toThrow(none));
    const large: Layer[] = [
      { type: 'embedding', vocabulary: 2, length: 65_536, width: 256 },
      ...Array.from({ length: 12 }, (): Layer => ({ type: 'attention', width: 256, heads: 1 })),
      { type: 'dense', inputs: 256, outputs: 2 },
    ];
    expect(() => core.sessionBytes(large)).toThrow(expect.objectContaining({ code: 'CORE_BAD_LAYERS' }));
    expect(arena.used).toBe(0);
  });
});

describe('what a session refuses', () => {
  const layers: Layer[] = [
    { type: 'embedding', vocabulary: 300, length: 4, width: 4 },
    { type: 'dense', inputs: 4, outputs: 300 },
  ];
  const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;

  it('networks of features, weights that are none', () => {
    const features: Layer[] = [{ type: 'dense', inputs: 2, outputs: 2 }];
    const parameters = new Float32Array(6);
    expect(() => core.session({ layers: features, parameters })).toThrow(code('CORE_NO_SESSION'));
    expect(() => core.sessionBytes(features)).toThrow(code('CORE_NO_SESSION'));
    expect(() => core.session({ layers, parameters })).toThrow(code('CORE_BAD_SHAPE'));
    const bad = core.initialise(layers, 1);
    bad[1201] = NaN;
    expect(() => core.session({ layers, parameters: bad })).toThrow(/index 1201/);
    expect(() => core.session(null as never)).toThrow(code('CORE_BAD_ARGUMENT'));
  });

  it('texts that are not its own, tokens that are none, more than it has place for', () => {
    const parameters = core.initialise(layers, 1);
    const session = core.session({ layers, parameters });
    const other = core.session({ layers, parameters });
    const one = session.open();
    const strange: [unknown, string][] = [
      [undefined, 'CORE_BAD_ARGUMENT'],
      [[], 'CORE_BAD_ARGUMENT'],
      [new Array(1), 'CORE_BAD_ARGUMENT'],
      [[{ text: other.open(), tokens: [1] }], 'CORE_BAD_ARGUMENT'],
      [[{ text: {}, tokens: [1] }], 'CORE_BAD_ARGUMENT'],
      [[{ text: one, tokens: [] }], 'CORE_BAD_ARGUMENT'],
      [[{ text: one, tokens: [1, 2, 3, 4, 5] }], 'CORE_BAD_ARGUMENT'],
      [[{ text: one, tokens: { length: 2 ** 32 } }], 'CORE_BAD_ARGUMENT'],
      [[{ text: one, tokens: 7 }], 'CORE_BAD_ARGUMENT'],
      [[{ text: one, tokens: [300] }], 'CORE_BAD_LABEL'],
      [[{ text: one, tokens: [1, , 2] }], 'CORE_BAD_LABEL'], // eslint-disable-line no-sparse-arrays
      [[{ text: one, tokens: ['1'] }], 'CORE_BAD_LABEL'],
      [[{ text: one, tokens: [1.5] }], 'CORE_BAD_LABEL'],
      [
        [
          { text: one, tokens: [1] },
          { text: one, tokens: [1] },
        ],
        'CORE_BAD_ARGUMENT',
      ],
    ];
    for (const [parts, expected] of strange) expect(() => session.extend(parts as never)).toThrow(code(expected));
    expect(one.seen).toBe(0);
    session.extend([{ text: one, tokens: [1, 2, 3, 4] }]);
    expect(() => session.extend([{ text: one, tokens: [1] }])).toThrow(code('CORE_BAD_ARGUMENT'));
    expect(() => one.keep(5)).toThrow(code('CORE_BAD_ARGUMENT'));
    one.close();
    expect(() => session.extend([{ text: one, tokens: [1] }])).toThrow(code('CORE_BAD_ARGUMENT'));
    session.close();
    expect(() => session.open()).toThrow(code('CORE_BAD_ARGUMENT'));
    other.close();
  });
});
