import type { Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { blockCid, codecs } from '../cid.ts';
import { Generation, stepTogether, type GenerateRequest, type InferenceModel } from './index.ts';
import { Writer } from './writer.ts';

const core = await loadNodeCore();
const model = blockCid(codecs.raw, Uint8Array.of(1));
const network = blockCid(codecs.dagJson, Uint8Array.of(2));

const window = 20;
const bodies: Record<string, Layer[]> = {
  'rotary positions': [
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 4, kvHeads: 2, rotary: true, qkNorm: 1e-5 }] },
  ],
  'learned positions': [
    { type: 'positions', length: window, width: 8 },
    {
      type: 'residual',
      layers: [
        { type: 'layer-norm', features: 8 },
        { type: 'attention', width: 8, heads: 2 },
      ],
    },
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 1 }] },
  ],
};

function modelOf(body: Layer[]): InferenceModel {
  const layers: Layer[] = [
    { type: 'embedding', vocabulary: 30, length: window, width: 8 },
    ...body,
    { type: 'dense', inputs: 8, outputs: 30 },
  ];
  const parameters = core.initialise(layers, 7).map((value, i) => value + (((i * 37) % 101) - 50) / 60);
  return { architecture: { layers, input: 'tokens' }, parameters };
}

const token = fc.integer({ min: 0, max: 29 });
const request = fc
  .record({
    prompt: fc.array(token, { minLength: 1, maxLength: 2 * window }),
    length: fc.integer({ min: 1, max: 2 * window }),
    temperature: fc.constantFrom(0, 700, 2000),
    seed: fc.nat(1000),
    stop: fc.array(fc.array(token, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
    /** Steps after which it comes. */
    after: fc.nat(15),
  })
  .map(({ after, ...fields }) => {
    const seed = fields.temperature === 0 ? 0 : fields.seed;
    return {
      after,
      asked: { schema: 'covey.request/1', model, network, kind: 'generate', ...fields, seed } as GenerateRequest,
    };
  });

it.each(Object.entries(bodies))('%s: texts have the tokens of the whole window, within it and beyond', (_, body) => {
  const whole = modelOf(body);
  const { session, text } = core.sessionBytes(whole.architecture.layers);
  const cases = fc.record({
    requests: fc.array(request, { minLength: 1, maxLength: 6 }),
    // For none, one, two, all.
    mostBytes: fc.constantFrom(0, session, session + text, session + 2 * text, undefined),
  });
  fc.assert(
    fc.property(cases, ({ requests, mostBytes }) => {
      const writer = new Writer(core, whole, mostBytes);
      const texts = requests.map(({ after, asked }) => ({ after, one: new Generation(whole, asked) }));
      for (let steps = 0; texts.some(({ one }) => one.finish === null); steps++) {
        const going = texts.filter(({ after, one }) => after <= steps && one.finish === null).map(({ one }) => one);
        if (going.length > 0) writer.step(going);
      }
      writer.close();
      for (const [i, { one }] of texts.entries()) {
        const alone = new Generation(whole, requests[i]!.asked);
        while (alone.finish === null) stepTogether(core, whole, [alone]);
        expect(one.answer).toEqual(alone.answer);
      }
    }),
    { numRuns: 40, seed: 3 },
  );
});

it('where one overflows none gets a token, and each may be tried alone', () => {
  const whole = modelOf(bodies['rotary positions']!);
  whole.parameters.fill(3e38, 29 * 8, 30 * 8);
  const ask = (prompt: number[]): Generation =>
    new Generation(whole, {
      ...{ schema: 'covey.request/1', model, network, kind: 'generate', prompt, length: 2 },
      ...{ temperature: 0, seed: 0, stop: [] },
    });
  for (const mostBytes of [undefined, 0]) {
    const writer = new Writer(core, whole, mostBytes);
    const [good, bad] = [ask([1, 2]), ask([29, 3])];
    const overflow = expect.objectContaining({ code: 'CORE_OVERFLOW' }) as Error;
    expect(() => writer.step([good, bad])).toThrow(overflow);
    expect([good.tokens, bad.tokens]).toEqual([[], []]);
    writer.step([good]);
    expect(() => writer.step([bad])).toThrow(overflow);
    writer.drop(bad);
    writer.step([good]);
    writer.close();
    const alone = ask([1, 2]);
    while (alone.finish === null) stepTogether(core, whole, [alone]);
    expect(good.answer).toEqual(alone.answer);
  }
});
