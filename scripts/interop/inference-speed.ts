// What a host gives beside ONNX Runtime on the same weights, in one run: the host over HTTP, the core alone, onnxruntime-web,
// and onnxruntime-node, which is no dependency since it is a quarter of a gigabyte:
//   npm install --prefix .covey/onnx --ignore-scripts onnxruntime-node@1.30.0
//   node scripts/interop/inference-speed.ts .covey/onnx/node_modules/onnxruntime-node [--json]
// Each computes on one thread; all take turns and medians are compared. The clients share the host's process and processor.
import { loadavg } from 'node:os';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { startFreeHost, type FreeHost } from '@covey/nodes/testing/host-load';
import type { Architecture } from '@covey/protocol';
import {
  Generation,
  answerTo,
  decodeAnswer,
  encodeAnswer,
  encodeRequest,
  f32Values,
  stepTogether,
  type GenerateRequest,
  type InferenceRequest,
  type PredictRequest,
} from '@covey/protocol/inference';
import { alternate, timedAsync, type Contender } from '@covey/wasm-core/bench/measure';
import { openOnnx, ortWeb, type OnnxSession, type Ort } from '@covey/wasm-core/bench/onnx';
import { CONTEXT, characterLayers } from '@covey/wasm-core/models/characters';
import { readCharacterModel, readHeldOut } from '@covey/wasm-core/models/read-model';
import { loadNodeCore } from '@covey/wasm-core/node';

/** Of outputs between the core and ONNX Runtime, whose sums have other orders. */
const TOLERANCE = 1e-2;

const [path, ...flags] = process.argv.slice(2);
if (path === undefined) throw new Error('Where is onnxruntime-node? See the head of this file.');
const ortNode = createRequire(import.meta.url)(resolve(path)) as Ort;
const core = await loadNodeCore();

interface Row {
  model: string;
  what: string;
  unit: string;
  /** Units a second, and a second of the processor. */
  rates: Record<string, number>;
  ofProcessor: Record<string, number>;
}

/** A network, one host of it, and both builds of ONNX Runtime for so many samples at once. */
async function opened(architecture: Architecture, parameters: Float32Array, samples: number) {
  const { layers } = architecture;
  const sessions = {
    'ort-node': await openOnnx(ortNode, { layers, parameters, samples }, 'cpu'),
    'ort-web': await openOnnx(ortWeb, { layers, parameters, samples }),
  };
  const limits = { requestBytes: 2 ** 20, tokens: 64, queue: 1024 };
  const host = await startFreeHost(core.sha256, { architecture, parameters }, { limits, onAnswer: () => undefined });
  const close = async () => {
    await host.stop();
    for (const session of Object.values(sessions)) await session.close();
  };
  return { sessions, host, close };
}

async function ask({ url }: FreeHost, request: InferenceRequest): Promise<Uint8Array> {
  const reply = await fetch(`${url}/v1/answers`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.ipld.dag-json' },
    body: new Uint8Array(encodeRequest(request)),
  });
  const { covey } = (await reply.json()) as { covey?: { answer: string } };
  if (!covey) throw new Error(`The host answered with ${reply.status}.`);
  return Buffer.from(covey.answer, 'base64');
}

/** `requests` at once over HTTP, one after the other everywhere else, each of `rows`. */
async function predictions(name: string, architecture: Architecture, rows: number, requests: number): Promise<Row> {
  const parameters = core.initialise(architecture.layers, 7);
  const model = { architecture, parameters };
  const { sessions, host, close } = await opened(architecture, parameters, rows);
  const inputs = Uint8Array.from({ length: rows * 784 }, (_, i) => (i * 2_654_435_761) >>> 24);
  const request: PredictRequest = { ...request0(host), kind: 'predict', inputs, rows, values: 'outputs' };
  const right = answerTo(core, model, request);
  if (right.kind !== 'values') throw new Error(right.kind);
  await requireEqual(await ask(host, request), encodeAnswer(right));
  const one = async (session: OnnxSession) => {
    const feed = session.feed(inputs);
    requireNear(await session.run(feed), f32Values(right));
    return timesOver(requests, () => session.run(feed));
  };
  const contenders: Contender[] = [
    {
      name: 'host',
      run: () => timedAsync(() => Promise.all(Array.from({ length: requests }, () => ask(host, request)))),
    },
    { name: 'core', run: timesOver(requests, async () => void answerTo(core, model, request)) },
    { name: 'ort-node', run: await one(sessions['ort-node']) },
    { name: 'ort-web', run: await one(sessions['ort-web']) },
  ];
  const found = await measured(contenders, rows * requests);
  await close();
  return { model: name, what: `${requests} requests of ${rows}`, unit: 'rows/s', ...found };
}

/** So many texts go on together, token by token, each from the whole window. */
async function texts(together: number, length: number): Promise<Row> {
  const architecture: Architecture = { layers: characterLayers, input: 'tokens' };
  const parameters = readCharacterModel();
  const model = { architecture, parameters };
  const { sessions, host, close } = await opened(architecture, parameters, together);
  const held = readHeldOut();
  const prompts = Array.from({ length: together }, (_, i) => [
    ...held.subarray(i * (CONTEXT + 1), i * (CONTEXT + 1) + CONTEXT),
  ]);
  const requests = prompts.map((prompt): GenerateRequest => {
    return { ...request0(host), kind: 'generate', prompt, length, temperature: 0, seed: 0, stop: [] };
  });
  for (const request of requests)
    await requireEqual(await ask(host, request), encodeAnswer(answerTo(core, model, request)));
  const alone = async () => {
    const all = requests.map((request) => new Generation(model, request));
    for (let said = 0; said < length; said++) stepTogether(core, model, all);
  };
  const theirs = async (session: OnnxSession) => {
    const first = core.outputs({ layers: characterLayers, parameters, inputs: windowed(prompts) });
    requireNear(await session.run(session.feed(Uint8Array.from(prompts.flat()))), first);
    return () =>
      timedAsync(async () => {
        const seen = prompts.map((prompt) => [...prompt]);
        for (let said = 0; said < length; said++) {
          const outputs = await session.run(session.feed(Uint8Array.from(seen.flat())));
          seen.forEach((text, i) => {
            const at = ((i + 1) * CONTEXT - 1) * 256;
            text.push(likeliest(outputs.subarray(at, at + 256)));
            text.shift();
          });
        }
      });
  };
  const contenders: Contender[] = [
    { name: 'host', run: () => timedAsync(() => Promise.all(requests.map((request) => ask(host, request)))) },
    { name: 'core', run: () => timedAsync(alone) },
    { name: 'ort-node', run: await theirs(sessions['ort-node']) },
    { name: 'ort-web', run: await theirs(sessions['ort-web']) },
  ];
  const found = await measured(contenders, together * length);
  await close();
  return { model: 'characters', what: `${together} texts of ${length} tokens`, unit: 'tokens/s', ...found };
}

const request0 = ({ named }: FreeHost) => ({ schema: 'covey.request/1', ...named }) as const;
/** As the core takes them: one token more, which is only a target. */
const windowed = (prompts: number[][]) => Uint8Array.from(prompts.flatMap((prompt) => [...prompt, 0]));
const likeliest = (outputs: Float32Array) => outputs.indexOf(Math.max(...outputs));

const timesOver = (times: number, work: () => Promise<unknown>) => () =>
  timedAsync(async () => {
    for (let i = 0; i < times; i++) await work();
  });

/** By the clock, and by the processor's time of this whole process, which a busy machine slows less. */
async function measured(contenders: Contender[], units: number): Promise<Pick<Row, 'rates' | 'ofProcessor'>> {
  const used = new Map<string, number[]>();
  const counted = contenders.map(({ name, run }): Contender => ({
    name,
    async run() {
      const before = process.cpuUsage();
      const seconds = await run();
      const { user, system } = process.cpuUsage(before);
      used.set(name, [...(used.get(name) ?? []), (user + system) / 1e6]);
      return seconds;
    },
  }));
  const seconds = await alternate(counted);
  const middle = (name: string) => used.get(name)!.toSorted((a, b) => a - b)[used.get(name)!.length >> 1]!;
  const perSecond = (of: (name: string) => number) =>
    Object.fromEntries(contenders.map(({ name }) => [name, units / of(name)]));
  return { rates: perSecond((name) => seconds.get(name)!), ofProcessor: perSecond(middle) };
}

async function requireEqual(document: Uint8Array, right: Uint8Array): Promise<void> {
  if (Buffer.compare(document, right) === 0) return;
  throw new Error(`The host answered ${JSON.stringify(decodeAnswer(document))}.`);
}

function requireNear(theirs: Float32Array, ours: Float32Array): void {
  const apart = ours.reduce((most, value, i) => Math.max(most, Math.abs(value - theirs[i]!)), 0);
  if (!(apart < TOLERANCE) || theirs.length !== ours.length)
    throw new Error(`ONNX Runtime’s outputs differ by ${apart}.`);
}

const mlp: Architecture = {
  input: 'u8',
  layers: [{ type: 'dense', inputs: 784, outputs: 128 }, { type: 'relu' }, { type: 'dense', inputs: 128, outputs: 10 }],
};
const halved = (inputs: number, outputs: number) =>
  [
    { type: 'conv2d', inputs, outputs, kernel: [3, 3], padding: [1, 1] },
    { type: 'relu' },
    { type: 'max-pool2d', kernel: [2, 2] },
  ] as const;
const convolutions: Architecture = {
  input: 'u8',
  layers: [
    { type: 'image', channels: 1, height: 28, width: 28 },
    ...structuredClone([...halved(1, 8), ...halved(8, 16)]),
    { type: 'flatten' },
    { type: 'dense', inputs: 784, outputs: 10 },
  ] as Architecture['layers'],
};

const names = ['host', 'core', 'ort-node', 'ort-web'];
const load = () => loadavg()[0]!.toFixed(1);
const before = load();
const rows = [
  await predictions('MLP 784-128-10', mlp, 1, 64),
  await predictions('MLP 784-128-10', mlp, 64, 16),
  await predictions('convolutions 8, 16', convolutions, 1, 64),
  await predictions('convolutions 8, 16', convolutions, 64, 4),
  await texts(8, 4),
];
if (flags.includes('--json'))
  console.log(JSON.stringify({ schema: 'covey.inference-speed/1', load: [before, load()], rows }));
else {
  console.log(`load ${before} before, ${load()} after`);
  for (const { model, what, unit, rates, ofProcessor } of rows) {
    console.log(`${model}, ${what}, ${unit}`);
    for (const [by, of] of Object.entries({ clock: rates, processor: ofProcessor })) {
      const rate = names.map((name) => `${name} ${Math.round(of[name]!).toLocaleString('en')}`);
      const ratios = ['host', 'core'].flatMap((ours) =>
        ['ort-node', 'ort-web'].map((peer) => `${ours} ${(of[ours]! / of[peer]!).toFixed(2)} × ${peer}`),
      );
      console.log(`  by the ${by}: ${[...rate, ...ratios].join(', ')}`);
    }
  }
}
