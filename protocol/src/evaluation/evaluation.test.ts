import type { Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NAT, rounded } from './measured.ts';
import {
  answersByLikelihood,
  areaUnderRoc,
  perplexity,
  retrievalMeasured,
  retrievalRanks,
  rSquared,
  type Question,
} from './index.ts';

const core = await loadNodeCore();
const code = (name: string) => expect.objectContaining({ code: name }) as Error;

it('rounds halves up, on both sides of 0', () => {
  expect([5n, -5n, 15n, -15n, -14n].map((n) => rounded(n, 10_000_000n))).toEqual([1e-6, 0, 2e-6, -1e-6, -1e-6]);
  expect(rounded(1n, 3n)).toBe(0.333333);
  expect(rounded(-2n, 3n)).toBe(-0.666667);
});

describe('perplexity', () => {
  it('is e to the mean loss', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 25n * NAT), fc.integer({ min: 1, max: 2 ** 28 }), (each, count) => {
        const expected = Math.exp(Number(each) / Number(NAT));
        const got = perplexity({ loss: each * BigInt(count), count })!;
        expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-6 + 1e-14 * expected);
      }),
    );
  });

  it('of a model that guesses is the vocabulary', () => {
    const layers: Layer[] = [
      { type: 'embedding', vocabulary: 300, length: 4, width: 2 },
      { type: 'dense', inputs: 2, outputs: 300 },
    ];
    const parameters = new Float32Array(core.parameterCount(layers));
    const { loss, count } = core.evaluate({ layers, parameters, inputs: Uint16Array.of(1, 2, 3, 4, 299) });
    expect(perplexity({ loss, count })).toBeCloseTo(300, 5);
  });

  it('is none of nothing, and of what no model loses', () => {
    expect(perplexity({ loss: 0n, count: 0 })).toBeNull();
    expect(perplexity({ loss: 40n * NAT * 3n, count: 3 })).toBeCloseTo(Math.exp(40), -4);
    expect(perplexity({ loss: 40n * NAT * 3n + 1n, count: 3 })).toBeNull();
    expect(perplexity({ loss: 2n ** 80n, count: 1 })).toBeNull();
  });
});

describe('the share of the variance that is explained', () => {
  const units = (values: readonly number[], targets: readonly number[], outputs: number) =>
    BigInt(Math.round((values.reduce((sum, v, i) => sum + (v - targets[i]!) ** 2, 0) / outputs) * Number(NAT)));

  it('is 1 of a model that knows, 0 of one that knows the mean, less of a worse one', () => {
    const targets = [1, 10, 2, 20, 6, 60];
    const of = (values: number[]) => rSquared(units(values, targets, 2), Float32Array.from(targets), 2);
    expect(of(targets)).toBe(1);
    expect(of([3, 30, 3, 30, 3, 30])).toBe(0);
    expect(of([0, 0, 0, 0, 0, 0])).toBeLessThan(0);
    // Σ(z − t)² = 1 + 1, of 14 + 1400.
    expect(of([2, 10, 2, 20, 7, 60])).toBeCloseTo(1 - 2 / 1414, 6);
  });

  it('takes bytes as the core does', () => {
    const layers: Layer[] = [{ type: 'dense', inputs: 1, outputs: 1 }];
    const labels = Uint8Array.of(0, 100, 200);
    const [inputs, parameters] = [Uint8Array.of(0, 100, 200), Float32Array.of(1, 0)];
    const { loss } = core.evaluate({ layers, parameters, inputs, labels, loss: 'squared-error' });
    expect(loss).toBe(0n);
    expect(rSquared(units([0.5, 0.5, 0.5], [0, 100 / 255, 200 / 255], 1), labels, 1)).toBeCloseTo(
      1 - (0.25 + (0.5 - 100 / 255) ** 2 + (0.5 - 200 / 255) ** 2) / (2 * (100 / 255) ** 2),
      5,
    );
  });

  it('is none where targets do not vary', () => {
    expect(rSquared(5n, Float32Array.of(3, 3), 1)).toBeNull();
    expect(() => rSquared(5n, Float32Array.of(3, 3, 3), 2)).toThrow(code('PROTOCOL_INVALID_ARGUMENT'));
    expect(() => rSquared(5n, new Float32Array(0), 1)).toThrow(code('PROTOCOL_INVALID_ARGUMENT'));
  });
});

describe('the area under the ROC curve', () => {
  const byPairs = (scores: number[], isOne: boolean[]) => {
    let [won, pairs] = [0, 0];
    scores.forEach((a, i) =>
      scores.forEach((b, j) => {
        if (!isOne[i] || isOne[j]) return;
        pairs++;
        won += a > b ? 1 : a === b ? 0.5 : 0;
      }),
    );
    return pairs === 0 ? null : won / pairs;
  };

  it('counts pairs, of more classes than two the mean over them', () => {
    const probability = fc.constantFrom(0, 0.1, 0.25, 0.5, 0.9, 1).map(Math.fround);
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.tuple(fc.tuple(probability, probability, probability, probability), fc.nat(3)), { minLength: 1 }),
        (classes, samples) => {
          const labels = samples.map(([, label]) => label % classes);
          const rows = samples.map(([row]) => row.slice(0, classes));
          const got = areaUnderRoc(core, Float32Array.from(rows.flat()), labels, classes);
          const areas = Array.from({ length: classes }, (_, wanted) =>
            byPairs(
              rows.map((row) => row[wanted]!),
              labels.map((label) => label === wanted),
            ),
          ).slice(classes === 2 ? 1 : 0);
          const known = areas.filter((area) => area !== null);
          if (known.length === 0) expect(got).toBeNull();
          else expect(got!.value).toBeCloseTo(known.reduce((sum, area) => sum + area, 0) / known.length, 5);
        },
      ),
    );
  });
});

describe('choices by likelihood', () => {
  const [vocabulary, length] = [40, 24];
  const layers: Layer[] = [
    { type: 'embedding', vocabulary, length, width: 12 },
    { type: 'positions', length, width: 12 },
    { type: 'residual', layers: [{ type: 'attention', width: 12, heads: 3 }] },
    { type: 'dense', inputs: 12, outputs: vocabulary },
  ];
  const model = {
    architecture: { layers, input: 'tokens' as const },
    parameters: core.initialise(layers, 9).map((value, i) => value + (((i * 37) % 101) - 50) / 100),
  };

  /** By the outputs at each place, with the host's own logarithm. */
  function lossOf(context: readonly number[], tokens: readonly number[]): number {
    const text = [...context, ...tokens].slice(-(length + 1));
    const inputs = new Uint8Array(length + 1);
    inputs.set(text);
    const outputs = core.outputs({ layers, parameters: model.parameters, inputs });
    let sum = 0;
    for (let at = text.length - tokens.length; at < text.length; at++) {
      const row = outputs.subarray((at - 1) * vocabulary, at * vocabulary);
      const all = row.reduce((total, z) => total + Math.exp(z), 0);
      sum += Math.log(all) - row[text[at]!]!;
    }
    return sum;
  }

  const token = fc.integer({ min: 0, max: vocabulary - 1 });
  const choice = fc.record({
    tokens: fc.array(token, { minLength: 1, maxLength: length }),
    bytes: fc.integer({ min: 1, max: 50 }),
  });

  it('are those whose own tokens lose least, by themselves or by byte', () => {
    fc.assert(
      fc.property(
        fc.array(token, { minLength: 1, maxLength: 2 * length }),
        fc.array(choice, { minLength: 2, maxLength: 5 }),
        (context, choices) => {
          const [{ losses, choice: best, choiceByByte }] = [
            ...answersByLikelihood(core, model, [{ context, choices, answer: 0 }]),
          ] as [ReturnType<typeof answersByLikelihood> extends Generator<infer C> ? C : never];
          const expected = choices.map(({ tokens }) => lossOf(context, tokens));
          losses.forEach((loss, i) => expect(Number(loss) / Number(NAT)).toBeCloseTo(expected[i]!, 4));
          const byByte = losses.map((loss, i) => Number(loss) / choices[i]!.bytes);
          expect(Number(losses[best])).toBe(Math.min(...losses.map(Number)));
          expect(byByte[choiceByByte]).toBeCloseTo(Math.min(...byByte), 3);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('of equal ones the first', () => {
    const same = { tokens: [3, 4], bytes: 2 };
    const question = { context: [1], choices: [same, same, { ...same, bytes: 4 }], answer: 1 };
    const [chosen] = [...answersByLikelihood(core, model, [question])];
    expect(chosen).toMatchObject({ choice: 0, choiceByByte: 2 });
  });

  it.each<[string, Partial<Question>, string]>([
    ['no context', { context: [] }, 'PROTOCOL_INVALID_ARGUMENT'],
    ['one choice', { choices: [{ tokens: [1], bytes: 1 }] }, 'PROTOCOL_INVALID_ARGUMENT'],
    ['an empty choice', { choices: [0, 1].map(() => ({ tokens: [], bytes: 1 })) }, 'PROTOCOL_INVALID_ARGUMENT'],
    ['no such answer', { answer: 2 }, 'PROTOCOL_INVALID_ARGUMENT'],
    [
      'a choice that the model does not see whole',
      { choices: [0, 1].map(() => ({ tokens: new Array<number>(length + 1).fill(1), bytes: 1 })) },
      'PROTOCOL_INVALID_ARGUMENT',
    ],
    ['a token that it does not know', { context: [vocabulary] }, 'PROTOCOL_INVALID_REQUEST'],
  ])('refuses %s', (_, change, expected) => {
    const choices = [0, 1].map((token) => ({ tokens: [token], bytes: 1 }));
    const question = { context: [1], choices, answer: 0, ...change };
    expect(() => [...answersByLikelihood(core, model, [question])]).toThrow(code(expected));
  });
});

describe('retrieval', () => {
  it('finds the place of a query’s own document', () => {
    const queries = Float32Array.of(1, 0, 0, 2, 3, 3);
    // The first query is nearer to the third document than to its own; the second's are equal, and the first comes first.
    const documents = Float32Array.of(1, 1, 1, 1, 5, 1);
    expect(retrievalRanks(queries, documents, 2)).toEqual([2, 2, 3]);
    expect(
      retrievalRanks(
        queries,
        queries.map((value) => value * 7),
        2,
      ),
    ).toEqual([1, 1, 1]);
    expect(retrievalRanks(new Float32Array(4), new Float32Array(4), 2)).toEqual([1, 2]);
  });

  it('is told as recall and as the mean reciprocal rank', () => {
    const ranks = [1, 1, 2, 7, 11, 12, 1, 1, 1, 1, 1, 3];
    const told = Object.fromEntries(retrievalMeasured(ranks).map(({ type, value }) => [type, value]));
    const mrr = Math.round((ranks.reduce((sum, rank) => sum + 1 / rank, 0) / 12) * 1e6) / 1e6;
    expect(told).toEqual({ recall_at_1: 0.583333, recall_at_5: 0.75, recall_at_10: 0.833333, mrr });
    expect(retrievalMeasured([1, 2]).map(({ type }) => type)).toEqual(['recall_at_1', 'mrr']);
  });

  it('compares no more than it can', () => {
    for (const [queries, documents] of [
      [4, 6],
      [5, 5],
      [4097 * 2, 4097 * 2],
    ] as const)
      expect(() => retrievalRanks(new Float32Array(queries), new Float32Array(documents), 2)).toThrow(
        code('PROTOCOL_INVALID_ARGUMENT'),
      );
  });
});
