import type { Architecture } from '@covey/protocol';
import { answerTo, encodeAnswer, f32Bytes, unitsOf, type InferenceRequest } from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { Batcher, type Said } from './batcher.ts';

const core = await loadNodeCore();

it('a row that overflows spoils no other’s answer', () => {
  const architecture: Architecture = {
    layers: [{ type: 'dense', inputs: 3, outputs: 8 }, { type: 'relu' }, { type: 'dense', inputs: 8, outputs: 4 }],
    input: 'f32',
  };
  const model = { architecture, parameters: core.initialise(architecture.layers, 5) };
  const row = (...values: number[]): InferenceRequest => ({
    ...{ schema: 'covey.request/1', model: 'm', network: 'n', kind: 'predict', rows: 1, values: 'probabilities' },
    inputs: f32Bytes(Float32Array.from(values)),
  });
  const said: Said[] = [];
  const batcher = new Batcher(core, new Map([['m', model]]), (one) => said.push(one));
  batcher.add(1, row(1, 2, 3));
  batcher.add(2, row(3.4e38, -3.4e38, 3.4e38));
  batcher.add(3, row(4, 5, 6));
  while (batcher.tick());
  expect(said.map((one) => [one.id, one.type === 'refused' ? one.error.code : one.type])).toEqual([
    [1, 'answered'],
    [2, 'CORE_OVERFLOW'],
    [3, 'answered'],
  ]);
});

it('a request with many texts to embed keeps nobody waiting', () => {
  const architecture: Architecture = {
    layers: [
      { type: 'embedding', vocabulary: 16, length: 8, width: 4 },
      { type: 'dense', inputs: 4, outputs: 16 },
    ],
    input: 'tokens',
  };
  const model = { architecture, parameters: core.initialise(architecture.layers, 5) };
  const texts = (count: number): InferenceRequest => ({
    ...{ schema: 'covey.request/1', model: 'm', network: 'n', kind: 'embed' },
    texts: Array.from({ length: count }, (_, i) => [i % 16, 3]),
  });
  const said: Said[] = [];
  const batcher = new Batcher(core, new Map([['m', model]]), (one) => said.push(one));
  batcher.add(1, texts(256));
  batcher.add(2, texts(2));
  while (batcher.tick());
  expect(said.map(({ id, type }) => [id, type])).toEqual([
    [2, 'answered'],
    [1, 'answered'],
  ]);
  expect(said[1]).toMatchObject({ document: encodeAnswer(answerTo(core, model, texts(256))) });
});

it('short texts beside a long one cost no run over its length each', () => {
  const architecture: Architecture = {
    layers: [
      { type: 'embedding', vocabulary: 16, length: 64, width: 4 },
      { type: 'attention', width: 4, heads: 1, rotary: true },
      { type: 'dense', inputs: 4, outputs: 16 },
    ],
    input: 'tokens',
  };
  const model = { architecture, parameters: core.initialise(architecture.layers, 5) };
  const text = (prompt: number): InferenceRequest => ({
    ...{ schema: 'covey.request/1', model: 'm', network: 'n', kind: 'generate', length: 2 },
    ...{ prompt: new Array<number>(prompt).fill(3), temperature: 0, seed: 0, stop: [] },
  });
  const asked = [text(64), ...Array.from({ length: 40 }, () => text(1))];
  const units = asked.reduce((sum, request) => sum + unitsOf(request, 64), 0);
  let tokens = 0;
  const counting: Core = {
    ...core,
    session: (a) => {
      const session = core.session(a);
      return {
        capacity: session.capacity,
        open: () => session.open(),
        extend: (parts) => {
          tokens += parts.reduce((sum, part) => sum + part.tokens.length, 0);
          return session.extend(parts);
        },
        close: () => session.close(),
      };
    },
  };
  const said: Said[] = [];
  const batcher = new Batcher(counting, new Map([['m', model]]), (one) => said.push(one));
  asked.forEach((request, id) => batcher.add(id, request));
  while (batcher.tick());
  // The long one twice, as its window moves, and of each short one a token and the next.
  expect(tokens).toBe(2 * 64 + 40 * 2);
  expect(tokens).toBeLessThan(units);
  for (const [id, request] of asked.entries())
    expect(said).toContainEqual({
      ...{ type: 'answered', id, together: 41 },
      document: encodeAnswer(answerTo(core, model, request)),
    });
});

it('texts that are cancelled, or cannot go on, leave the others as they would be alone', () => {
  const architecture: Architecture = {
    layers: [
      { type: 'embedding', vocabulary: 16, length: 12, width: 4 },
      { type: 'attention', width: 4, heads: 1, rotary: true },
      { type: 'dense', inputs: 4, outputs: 16 },
    ],
    input: 'tokens',
  };
  const parameters = core.initialise(architecture.layers, 5);
  // Whatever has token 15 overflows.
  parameters.fill(3e38, 15 * 4, 16 * 4);
  const model = { architecture, parameters };
  const text = (token: number, length: number): InferenceRequest => ({
    ...{ schema: 'covey.request/1', model: 'm', network: 'n', kind: 'generate', length },
    ...{ prompt: [3, token], temperature: 1500, seed: token, stop: [[15]] },
  });
  const said: Said[] = [];
  const batcher = new Batcher(core, new Map([['m', model]]), (one) => said.push(one));
  const asked = [text(1, 30), text(15, 4), text(2, 9), text(4, 30)];
  asked.forEach((request, id) => batcher.add(id, request));
  batcher.tick();
  batcher.tick();
  batcher.cancel(2);
  // One more comes while they go on.
  batcher.add(4, text(5, 20));
  while (batcher.tick());
  expect(said).toContainEqual(expect.objectContaining({ id: 1, type: 'refused' }));
  expect(said.filter(({ id, type }) => id === 2 && type !== 'tokens')).toEqual([]);
  for (const [id, request] of [
    [0, asked[0]!],
    [3, asked[3]!],
    [4, text(5, 20)],
  ] as const) {
    const answered = said.find((one) => one.id === id && one.type === 'answered');
    expect(answered).toMatchObject({ document: encodeAnswer(answerTo(core, model, request)) });
  }
});
