import { arithmetics, nameOfArithmetic, networkLayout, type Arithmetic, type Layer } from '@covey/wasm-core';
import { describe, expect, it } from 'vitest';
import { modelToBytes, type Architecture } from './architecture.ts';
import { blockCid, codecs } from './cid.ts';
import { networkCost, statedCost } from './cost.ts';
import { answerTo, f32Values, type InferenceModel, type InferenceRequest } from './inference/index.ts';
import { overTokens } from './inference/window.ts';
import { evaluateModel } from './round/evaluate.ts';
import { scoreRound } from './round/score.ts';
import {
  architecture,
  content,
  core,
  delta,
  inputs,
  keys,
  shards,
  submission,
  task,
  train,
} from './round/testing/corners.ts';
import { decodeTaskDocument, encodeTaskDocument, type TaskDocument } from './task.ts';

const each = arithmetics.map((arithmetic: Arithmetic) => ({ name: nameOfArithmetic(arithmetic), arithmetic }));

function taskIn(arithmetic: Arithmetic | undefined, change: Partial<TaskDocument> = {}): TaskDocument {
  const made = { ...task, ...change, architecture: { ...architecture, ...(arithmetic && { arithmetic }) } };
  return { ...made, cost: String(statedCost(made)) };
}

describe.each(each)('a task in $name', ({ arithmetic }) => {
  it('says so, and costs what its network takes in it', () => {
    const made = taskIn(arithmetic);
    expect(decodeTaskDocument(encodeTaskDocument(made)).architecture.arithmetic).toEqual(arithmetic);
    expect(() => encodeTaskDocument({ ...made, cost: task.cost })).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
    const { work } = networkLayout(architecture.layers, arithmetic);
    expect(Number(made.cost) % work).toBe(0);
    expect(work).toBeLessThan(networkLayout(architecture.layers).work);
  });

  it('scores its models in it, and its models stay f32', async () => {
    const made = taskIn(arithmetic);
    const model = train(1);
    const scored = (of: TaskDocument) =>
      evaluateModel({
        ...{ core, task: of, shard: 'holdout', key: keys[2]! },
        ...{ model: modelToBytes(architecture, model), fetch: content.fetch },
      });
    const { inputs, labels } = shards[2]!;
    const given = { layers: architecture.layers, parameters: model, inputs, labels };
    expect(await scored(made)).toEqual(core.evaluate({ ...given, arithmetic }));
    expect((await scored(made)).loss).not.toBe((await scored(task)).loss);
  });

  it.each(['loss', 'contribution'] as const)('plays a round by %s in it, the same each time', async (ranking) => {
    const cids = await Promise.all([1, 2, 3].map((seed) => content.add(delta(seed))));
    const played = async (of: TaskDocument) => {
      const { document, modelCid } = await scoreRound({
        core,
        task: of,
        inputs: inputs(
          cids.map((cid, i) => submission(i, cid)),
          { round: 1, key: keys[1]!, opened: [{ round: 0, key: keys[0]! }] },
        ),
        fetch: content.fetch,
      });
      return { document, modelCid };
    };
    const change = { ranking } as const;
    const [first, again, f32] = [
      await played(taskIn(arithmetic, change)),
      await played(taskIn(arithmetic, change)),
      await played(taskIn(undefined, change)),
    ];
    expect(first).toEqual(again);
    expect(first.document.baseline?.loss).not.toBe(f32.document.baseline?.loss);
    expect(first.document.aggregate?.loss).not.toBe(f32.document.aggregate?.loss);
  });
});

it('gradients of a round cost what they do in f32, its evaluations less', () => {
  const policy = { trainerSeats: 3n };
  const [integers, f32] = [taskIn({ type: 'int8' }), taskIn(undefined)];
  const saved = networkCost(f32, policy) - networkCost(integers, policy);
  const one = statedCost(f32) - statedCost(integers);
  expect(one > 0n).toBe(true);
  // Only evaluations: the base, and as many as the rule asks.
  expect(saved % one).toBe(0n);
  const byLoss = { ranking: 'loss' } as const;
  const lossSaved = networkCost({ ...f32, ...byLoss }, policy) - networkCost({ ...integers, ...byLoss }, policy);
  expect(lossSaved).toBe(5n * one);
});

it('no other arithmetic can be spelt', () => {
  const strange = [
    ...['int8', 'f32', null, {}, { type: 'f32' }, { type: 'int8', group: 16 }, { type: 'int4' }],
    ...[
      { type: 'int8', group: '32' },
      { type: 'int4', group: 32, bits: 4 },
      { type: 'int2', group: 32 },
    ],
  ];
  for (const arithmetic of strange) {
    const made = taskIn(undefined);
    const bent = { ...made, architecture: { ...made.architecture, arithmetic: arithmetic as Arithmetic } };
    expect(() => encodeTaskDocument(bent), JSON.stringify(arithmetic)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  }
});

describe.each(each)('answers of a model in $name', ({ arithmetic }) => {
  const common = {
    schema: 'covey.request/1',
    model: blockCid(codecs.raw, Uint8Array.of(1)),
    network: blockCid(codecs.dagJson, Uint8Array.of(2)),
  } as const;
  const layers: Layer[] = [
    { type: 'embedding', vocabulary: 40, length: 45, width: 12 },
    { type: 'positions', length: 45, width: 12 },
    { type: 'residual', layers: [{ type: 'attention', width: 12, heads: 3 }] },
    { type: 'dense', inputs: 12, outputs: 40 },
  ];
  const parameters = core.initialise(layers, 7).map((value, i) => value + (((i * 37) % 101) - 50) / 300);
  const modelIn = (in_: Arithmetic | undefined): InferenceModel => {
    const said: Architecture = { layers, input: 'tokens', ...(in_ && { arithmetic: in_ }) };
    return { architecture: said, parameters };
  };

  it('are in it, whatever is asked', () => {
    const asked: InferenceRequest[] = [
      {
        ...common,
        kind: 'predict',
        inputs: Uint8Array.from({ length: 45 }, (_, i) => i % 40),
        rows: 1,
        values: 'outputs',
      },
      { ...common, kind: 'embed', texts: [[1, 2, 3], [4]] },
    ];
    for (const request of asked) {
      const [integers, f32] = [modelIn(arithmetic), modelIn(undefined)].map((model) => answerTo(core, model, request));
      expect(integers).not.toEqual(f32);
    }
    const [predicted] = asked;
    const answer = answerTo(core, modelIn(arithmetic), predicted!);
    const inputs = Uint8Array.from({ length: 46 }, (_, i) => (i === 45 ? 0 : i % 40));
    expect(answer.kind === 'values' && f32Values(answer)).toEqual(
      core.outputs({ layers, arithmetic, parameters, inputs }),
    );
  });

  it('are of fewer tokens the bits of the whole window', () => {
    const whole = modelIn(arithmetic);
    for (const length of [1, 7, 33]) {
      const short = overTokens(whole, length);
      const inputs = Uint8Array.from({ length: 46 }, (_, i) => (i * 7) % 40);
      const part = core.outputs({
        ...short.architecture,
        parameters: short.parameters,
        inputs: inputs.subarray(0, length + 1),
      });
      const all = core.outputs({ ...whole.architecture, parameters, inputs });
      expect(part).toEqual(all.subarray(0, part.length));
    }
  });
});
