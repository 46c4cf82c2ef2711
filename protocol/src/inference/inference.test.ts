import { MAX_SAMPLES, networkLayout } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Architecture } from '../architecture.ts';
import { blockCid, codecs } from '../cid.ts';
import {
  Generation,
  answerHash,
  answerTo,
  decodeAnswer,
  decodeArchitecture,
  decodeOffer,
  decodeRequest,
  digestOf,
  encodeAnswer,
  encodeNetwork,
  encodeOffer,
  encodeRequest,
  f32Bytes,
  f32Values,
  predictTogether,
  priceOf,
  promptOfChat,
  stepTogether,
  tokensOfText,
  unitsOf,
  voucherHash,
  withoutStop,
  type GenerateRequest,
  type InferenceModel,
  type InferenceRequest,
  type Offer,
  type PredictRequest,
} from './index.ts';
import { drawToken, drawsOf } from './sampling.ts';

const core = await loadNodeCore();
const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;
const model = blockCid(codecs.raw, Uint8Array.of(1));
const network = blockCid(codecs.dagJson, Uint8Array.of(2));
const common = { schema: 'covey.request/1', model, network } as const;

const text: InferenceModel = modelOf({
  layers: [
    { type: 'embedding', vocabulary: 256, length: 12, width: 8 },
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 2, rotary: true }] },
    { type: 'dense', inputs: 8, outputs: 256 },
  ],
  input: 'tokens',
});
const rows: InferenceModel = modelOf({
  layers: [
    { type: 'dense', inputs: 3, outputs: 8 },
    { type: 'batch-norm', features: 8 },
    { type: 'relu' },
    { type: 'dense', inputs: 8, outputs: 4 },
  ],
  input: 'f32',
});

function modelOf(architecture: Architecture): InferenceModel {
  return { architecture, parameters: core.initialise(architecture.layers, 5) };
}

const generate = (changes: Partial<GenerateRequest> = {}): GenerateRequest => ({
  ...common,
  kind: 'generate',
  prompt: tokensOfText('Once upon'),
  length: 6,
  temperature: 0,
  seed: 0,
  stop: [],
  ...changes,
});

const predict = (values: readonly number[], changes: Partial<PredictRequest> = {}): PredictRequest => ({
  ...common,
  kind: 'predict',
  inputs: f32Bytes(Float32Array.from(values)),
  rows: values.length / 3,
  values: 'probabilities',
  ...changes,
});

it('documents come back as they were, and nothing else is read', () => {
  const requests: InferenceRequest[] = [generate(), predict([1, 2, 3]), { ...common, kind: 'embed', texts: [[1, 2]] }];
  for (const request of requests) {
    const bytes = encodeRequest(request);
    expect(decodeRequest(bytes)).toEqual(request);
    expect(() => decodeRequest(bytes.subarray(0, -1))).toThrow(code('PROTOCOL_INVALID_DOCUMENT'));
    expect(() => decodeRequest(new TextEncoder().encode(` ${new TextDecoder().decode(bytes)}`))).toThrow(
      code('PROTOCOL_NOT_CANONICAL'),
    );
  }
  expect(() => encodeRequest(generate({ seed: 3 }))).toThrow(code('PROTOCOL_INVALID_DOCUMENT'));
  expect(() => encodeRequest(generate({ temperature: 0.5 }))).toThrow(code('PROTOCOL_INVALID_DOCUMENT'));
  expect(decodeArchitecture(encodeNetwork(text.architecture))).toEqual(text.architecture);
  const answer = answerTo(core, text, generate());
  expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
});

const offer: Offer = {
  schema: 'covey.offer/1',
  name: 'A host',
  models: [{ name: 'stories', model, network, window: 12, request: '5', thousand: '1500' }],
  limits: { requestBytes: 65_536, tokens: 256, queue: 64 },
};

it('an offer names each model once, and its price is whole wei, rounded up', () => {
  expect(decodeOffer(encodeOffer(offer))).toEqual(offer);
  const [one] = offer.models;
  expect(() => encodeOffer({ ...offer, models: [one!, { ...one!, name: 'other' }] })).toThrow(
    code('PROTOCOL_INVALID_DOCUMENT'),
  );
  // Tokens that a model of 40 is run over: six runs for six more, from 38, 39 and 40; 32 a run at least.
  const wide = { ...one!, window: 40 };
  const units = (request: InferenceRequest, window = 40) => unitsOf(request, window);
  expect(units(generate({ prompt: new Array<number>(38).fill(1) }))).toBe(38 + 39 + 4 * 40);
  expect(units(generate())).toBe(6 * 32);
  const embed = (...lengths: number[]): InferenceRequest => ({
    ...{ ...common, kind: 'embed' },
    texts: lengths.map((length) => new Array<number>(length).fill(1)),
  });
  expect([units(embed(1)), units(embed(1, 39)), units(embed(90, 90))]).toEqual([32, 40, 80]);
  // Rows of features, and of 40 tokens.
  const row = predict([1, 2, 3]);
  expect([units(row, 1), units({ ...row, rows: 50 }, 1), units({ ...row, rows: 2 })]).toEqual([32, 50, 80]);
  // 5 + ⌈1500 · 41 / 1000⌉.
  expect(priceOf(wide, embed(1, 40))).toBe(67n);
});

it('a request has the same answer alone and together with others', () => {
  const asked = [predict([1, 2, 3]), predict([4, 5, 6, -1, 0, 0.25]), predict([9, 9, 9])];
  expect(predictTogether(core, rows, asked)).toEqual(asked.map((request) => answerTo(core, rows, request)));

  const texts = [
    generate(),
    generate({ prompt: tokensOfText('a much longer beginning than the model sees'), temperature: 900, seed: 7 }),
    generate({ temperature: 2000, seed: 8, length: 20 }),
  ];
  const going = texts.map((request) => new Generation(text, request));
  while (going.some(({ finish }) => finish === null))
    stepTogether(
      core,
      text,
      going.filter(({ finish }) => finish === null),
    );
  expect(going.map(({ answer }) => answer)).toEqual(texts.map((request) => answerTo(core, text, request)));
});

it('golden answers: the bits that every machine finds', () => {
  const answers = [
    answerTo(core, text, generate()),
    answerTo(core, text, generate({ temperature: 1000, seed: 42, length: 16 })),
    answerTo(core, text, { ...common, kind: 'embed', texts: [tokensOfText('covey'), tokensOfText('x')] }),
    answerTo(core, rows, predict([0.5, -1, 2])),
  ];
  expect(answers.map((answer) => digestOf(encodeAnswer(answer)))).toMatchInlineSnapshot(`
    [
      "0xd5e3815829285a3755384ba59108449529b2b1929eba0f92595c4e13b9ee215b",
      "0xcfeb92f94eb1e3f6b48fdfc7191ff681f0f917fe9d57096097a4544aea69aa7b",
      "0x3a0e1b530e18afa0db6c9655be482f7218196ab5fe3c2d7eb4e319f7a018197a",
      "0x7eb7e2a6e9aef6542f5a312631c276180bd65b190248887c66cecb101ce92162",
    ]
  `);
});

it('a text ends where a stop has been said, and with it', () => {
  const { tokens } = answerTo(core, text, generate()) as { tokens: number[] };
  const stop = [tokens.slice(1, 3)];
  const answer = answerTo(core, text, generate({ stop }));
  expect(answer).toMatchObject({ tokens: tokens.slice(0, 3), finish: 'stop' });
  expect(withoutStop(answer as never, stop)).toEqual(tokens.slice(0, 1));
});

it('what is drawn follows the weights, and a cold draw takes the likeliest', () => {
  const draw = drawsOf(1);
  const counts = [0, 0, 0];
  const outputs = Float32Array.of(0, 1, -30);
  for (let i = 0; i < 4000; i++) counts[drawToken(outputs, 1000, draw())]!++;
  expect(counts[1]! / 4000).toBeCloseTo(Math.E / (1 + Math.E), 1);
  expect(counts[2]).toBe(0);
  expect(drawToken(Float32Array.of(0, 0.1), 1, draw())).toBe(1);
});

it('weights are those of e^x', () => {
  fc.assert(
    fc.property(fc.double({ min: -20, max: 0, noNaN: true }), fc.bigInt(0n, 2n ** 64n - 1n), (x, u) => {
      const z = Math.fround(x);
      const share = Math.exp(z) / (1 + Math.exp(z));
      // The first of two tokens is drawn where u is below its share.
      const at = Number(u) / 2 ** 64;
      if (Math.abs(at - share) > 1e-8) expect(drawToken(Float32Array.of(z, 0), 1000, u)).toBe(at < share ? 0 : 1);
    }),
  );
});

it('an embedding is the mean of what the last layer is given', () => {
  const answer = answerTo(core, text, { ...common, kind: 'embed', texts: [[7], [7, 9]] });
  if (answer.kind !== 'values') throw new Error(answer.kind);
  const values = f32Values(answer);
  expect([answer.rows, answer.width]).toEqual([2, 8]);
  // The first token sees nothing else, so that it is the same in both; outputs of the whole model are linear in it.
  const { tensors } = networkLayout(text.architecture.layers);
  const head = tensors.find(({ name }) => name === 'layers.2.weight')!;
  const outputs = core.outputs({
    layers: text.architecture.layers,
    parameters: text.parameters,
    inputs: Uint8Array.from([7, ...new Array<number>(12).fill(0)]),
  });
  const row = text.parameters.subarray(head.offset, head.offset + 8);
  expect(row.reduce((sum, weight, i) => sum + weight * values[i]!, 0)).toBeCloseTo(outputs[0]!, 5);
});

it('what does not fit the model is refused', () => {
  const invalid = code('PROTOCOL_INVALID_REQUEST');
  expect(() => answerTo(core, rows, generate())).toThrow(invalid);
  expect(() => answerTo(core, rows, predict([1, 2, 3, 4], { rows: 1 }))).toThrow(invalid);
  expect(() => answerTo(core, rows, predict([1, NaN, 3]))).toThrow(invalid);
  expect(() => answerTo(core, text, generate({ prompt: [256] }))).toThrow(invalid);
  expect(() => answerTo(core, text, predict([], { rows: MAX_SAMPLES }))).toThrow(invalid);
  expect(() => answerTo(core, rows, { ...common, kind: 'embed', texts: [[1]] })).toThrow(invalid);
  const wide = modelOf({
    layers: [
      { type: 'embedding', vocabulary: 4, length: 3, width: 8 },
      { type: 'dense', inputs: 8, outputs: 4 },
    ],
    input: 'tokens',
  });
  expect(() => answerTo(core, wide, { ...common, kind: 'embed', texts: [[1]] })).toThrow(code('PROTOCOL_NO_EMBEDDING'));
});

it('a chat is lines, and what is signed has one hash', () => {
  expect(promptOfChat([{ role: 'user', content: 'Hello' }])).toBe('user: Hello\nassistant: ');
  const deployment = {
    chainId: 31337,
    hostRegistry: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
    inferenceChannels: '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512',
  } as const;
  const hash = (n: number): `0x${string}` => `0x${n.toString(16).padStart(64, '0')}`;
  const answer = {
    model: hash(1),
    scorer: hash(2),
    input: hash(3),
    output: hash(4),
    channel: hash(5),
    nonce: 6n,
  };
  expect([voucherHash(deployment, { channel: hash(5), amount: 10n ** 18n }), answerHash(deployment, answer)])
    .toMatchInlineSnapshot(`
      [
        "0x657f677caf0b2c9e5ba38a39b3d92ff2a4ae6e79a0d89dc52a2911eca54951d5",
        "0x720c2d3b220f1bb7a1e3f9defa9f09af4dd4e7c2c2663b0559bc000f9dd76d29",
      ]
    `);
});
