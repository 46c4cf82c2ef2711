import { networkLayout, type Core, type Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blockCid, codecs } from '../cid.ts';
import type { Architecture } from '../architecture.ts';
import { answerTo, f32Values, unitsOf, windowOf, type InferenceModel, type InferenceRequest } from './index.ts';
import { overTokens } from './window.ts';

const core = await loadNodeCore();
const model = blockCid(codecs.raw, Uint8Array.of(1));
const network = blockCid(codecs.dagJson, Uint8Array.of(2));
const common = { schema: 'covey.request/1', model, network } as const;

/** More than a block of queries (32) of every kind of layer that takes tokens. */
const window = 45;
const attention = (rotary: boolean): Layer[] => [
  { type: 'layer-norm', features: 12 },
  { type: 'attention', width: 12, heads: 3, rotary },
];
const dense: Layer[] = [
  { type: 'rms-norm', features: 12 },
  { type: 'dense', inputs: 12, outputs: 20 },
  { type: 'gelu' },
  { type: 'dense', inputs: 20, outputs: 12 },
];
const bodies: Record<string, Layer[]> = {
  'rotary positions': [{ type: 'residual', layers: attention(true).map((layer) => sized(layer)) }],
  'learned positions': [
    { type: 'positions', length: window, width: 12 },
    { type: 'residual', layers: attention(false) },
    { type: 'residual', layers: dense },
    { type: 'residual', layers: attention(false) },
  ],
};

/** Rotary heads are of an even size. */
function sized(layer: Layer): Layer {
  return layer.type === 'attention' ? { ...layer, heads: 2 } : layer;
}

function modelOf(body: Layer[], head: Layer = { type: 'dense', inputs: 12, outputs: 40 }): InferenceModel {
  const layers: Layer[] = [{ type: 'embedding', vocabulary: 40, length: window, width: 12 }, ...body, head];
  const parameters = core.initialise(layers, 7).map((value, i) => value + (((i * 37) % 101) - 50) / 300);
  return { architecture: { layers, input: 'tokens' }, parameters };
}

const token = fc.integer({ min: 0, max: 39 });
const text = fc.array(token, { minLength: 1, maxLength: 2 * window });

it.each(Object.entries(bodies))('%s: fewer tokens give the bits of the whole window', (_, body) => {
  const whole = modelOf(body);
  fc.assert(
    fc.property(fc.array(token, { minLength: 1, maxLength: window }), (tokens) => {
      const of = ({ architecture: { layers }, parameters }: InferenceModel, length: number) => {
        const inputs = new Uint8Array(length + 1);
        inputs.set(tokens);
        return core.outputs({ layers, parameters, inputs });
      };
      const short = of(overTokens(whole, tokens.length), tokens.length);
      expect(short).toEqual(of(whole, window).subarray(0, short.length));
    }),
    { numRuns: 60 },
  );
});

it('a model whose outputs use the embedding again gives the embeddings of one with a head of its own', () => {
  const body = bodies['learned positions']!;
  const tied = modelOf(body, { type: 'unembedding' });
  const { parameterCount } = networkLayout(modelOf(body).architecture.layers);
  const own = { ...modelOf(body), parameters: new Float32Array(parameterCount) };
  own.parameters.set(tied.parameters);
  const asked: InferenceRequest = { ...common, kind: 'embed', texts: [[1, 2, 3], [4]] };
  expect(answerTo(core, tied, asked)).toEqual(answerTo(core, own, asked));
});

it.each<[string, Layer[], Architecture['loss']]>([
  ['mean, of numbers', [{ type: 'pooling', mode: 'mean' }, { type: 'l2-norm' }], 'squared-error'],
  [
    'first token, of classes',
    [
      { type: 'pooling', mode: 'cls' },
      { type: 'dense', inputs: 12, outputs: 3 },
    ],
    undefined,
  ],
])('encoders: whole texts give the bits of texts alone that are filled up (%s)', (_, end, loss) => {
  const padding = 5;
  const layers: Layer[] = [
    { type: 'embedding', vocabulary: 40, length: window, width: 12, padding },
    { type: 'positions', length: window, width: 12 },
    { type: 'residual', layers: [{ type: 'attention', width: 12, heads: 3, causal: false }] },
    { type: 'layer-norm', features: 12 },
    { type: 'residual', layers: dense },
    ...end,
  ];
  const parameters = core.initialise(layers, 7).map((value, i) => value + (((i * 37) % 101) - 50) / 300);
  const architecture: Architecture = { layers, input: 'tokens', ...(loss && { loss, targets: 'f32' }) };
  const body = loss ? layers : layers.slice(0, -1);
  const { parameterCount } = networkLayout(body);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 9 }), (texts) => {
      const answer = answerTo(core, { architecture, parameters }, { ...common, kind: 'embed', texts });
      if (answer.kind !== 'values') throw new Error(answer.kind);
      const alone = texts.flatMap((one) => {
        const inputs = new Uint8Array(window).fill(padding);
        inputs.set(one.slice(0, window));
        return [...core.outputs({ layers: body, parameters: parameters.subarray(0, parameterCount), inputs })];
      });
      expect(f32Values(answer)).toEqual(Float32Array.from(alone));
    }),
    { numRuns: 30 },
  );
  const generate: InferenceRequest = {
    ...{ ...common, kind: 'generate', prompt: [1], length: 1 },
    ...{ temperature: 0, seed: 0, stop: [] },
  };
  expect(() => answerTo(core, { architecture, parameters }, generate)).toThrow(/does not continue/);
});

it('texts have the same embedding alone and with others, in the order in which they came', () => {
  const whole = modelOf(bodies['learned positions']!);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 9 }), (texts) => {
      const embed = (some: number[][]) => {
        const answer = answerTo(core, whole, { ...common, kind: 'embed', texts: some });
        if (answer.kind !== 'values') throw new Error(answer.kind);
        return f32Values(answer);
      };
      expect(embed(texts)).toEqual(Float32Array.from(texts.flatMap((one) => [...embed([one])])));
    }),
    { numRuns: 30 },
  );
});

/** Notes over how many tokens models are run, run by run. */
function counting(): { core: Core; runs: number[] } {
  const runs: number[] = [];
  const outputs: Core['outputs'] = (a) => {
    const { input } = networkLayout(a.layers);
    runs.push((a.inputs.length / (input.size + 1)) * input.size);
    return core.outputs(a);
  };
  const session: Core['session'] = (a) => {
    const made = core.session(a);
    return {
      capacity: made.capacity,
      open: () => made.open(),
      extend: (parts) => {
        runs.push(parts.reduce((sum, { tokens }) => sum + tokens.length, 0));
        return made.extend(parts);
      },
      close: () => made.close(),
    };
  };
  return { core: { ...core, sha256: core.sha256, outputs, session }, runs };
}

/** A run's work, as tokens: what comes with each run is that of some 32. */
const workOf = (runs: readonly number[]) => runs.reduce((sum, tokens) => sum + Math.max(32, tokens), 0);

it('what is priced is what is computed at most', () => {
  const whole = modelOf(bodies['learned positions']!);
  expect(windowOf(whole.architecture)).toBe(window);
  const request: fc.Arbitrary<InferenceRequest> = fc.oneof(
    fc
      .record({ texts: fc.array(text, { minLength: 1, maxLength: 40 }) })
      .map(({ texts }): InferenceRequest => ({ ...common, kind: 'embed', texts })),
    fc
      .record({ prompt: text, length: fc.integer({ min: 1, max: 60 }) })
      .map(({ prompt, length }): InferenceRequest => ({
        ...{ ...common, kind: 'generate', prompt, length },
        ...{ temperature: 0, seed: 0, stop: [] },
      })),
  );
  fc.assert(
    fc.property(request, (asked) => {
      const counted = counting();
      answerTo(counted.core, whole, asked);
      const units = unitsOf(asked, window);
      const work = workOf(counted.runs);
      if (asked.kind === 'generate') {
        // What the core keeps of a text makes it cheaper than its price, up to the window.
        expect(work).toBeLessThanOrEqual(units);
        const [first] = counted.runs;
        expect(first).toBe(Math.min(asked.prompt.length, window));
        expect(counted.runs.slice(1)).toEqual(
          Array.from({ length: asked.length - 1 }, (_, i) => (asked.prompt.length + i < window ? 1 : window)),
        );
      }
      // Texts of one length are run over together, so some are computed for nothing, or in a run of their own.
      else expect(work / units).toSatisfy((share: number) => share >= 1 && share <= 3);
    }),
    { numRuns: 40 },
  );
});

it('many short texts are run over together: not one run a text', () => {
  const counted = counting();
  const texts = Array.from({ length: 256 }, (_, i) => [i % 40]);
  answerTo(counted.core, modelOf(bodies['learned positions']!), { ...common, kind: 'embed', texts });
  expect(workOf(counted.runs)).toBeLessThan(300);
});
