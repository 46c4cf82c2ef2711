import {
  encodeSafetensors,
  modelFromBytes,
  modelToBytes,
  parseSafetensors,
  updateFromBytes,
  type TaskDocument,
  type Tensor,
} from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NodeEvent } from '../../events.ts';
import { tinyDraft } from '../../testing/tiny-task.ts';
import { finishFile } from '../finish-update.ts';
import type { RoundToTrain } from '../produce.ts';
import { trainByCommand, type CommandTraining } from './train-by-command.ts';

const core = await loadNodeCore();
const draft = tinyDraft();
const { architecture } = draft;
const federated = { ...draft, metric: 'accuracy', encodings: undefined } as unknown as TaskDocument;
const arena = { ...federated, mode: 'arena' } as TaskDocument;
const start = core.initialise(architecture.layers, 1);
const trained = core.initialise(architecture.layers, 2);
const base = modelToBytes(architecture, start);
const address = (byte: string) => `0x${byte.repeat(20)}` as const;

let folder: string;
let events: NodeEvent[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-command-'));
  events = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A round of a task that a command trains for. */
const train = (command: string, changes: Partial<RoundToTrain & CommandTraining> = {}) =>
  trainerOf(command, changes)(at(changes));

const trainerOf = (command: string, changes: Partial<CommandTraining> = {}) =>
  trainByCommand({
    command,
    data: '/data/mine.csv',
    finish: ({ signal: _signal, limits: _limits, ...options }) => Promise.resolve(finishFile({ ...options, core })),
    ...changes,
  });

const at = (changes: Partial<RoundToTrain>): RoundToTrain => ({
  deployment: { chainId: 1, roundManager: address('cc') },
  node: address('11'),
  taskId: 7n,
  round: 2,
  task: federated,
  base: () => Promise.resolve(base),
  baseCid: () => Promise.resolve('bafybase'),
  dataDescription: () => Promise.resolve(undefined),
  secondsLeft: () => Promise.resolve(100),
  folder: join(folder, 'state'),
  onEvent: (event) => void events.push(event),
  ...changes,
});

/** The command that leaves this as what it made. */
async function leaving(tensors: Record<string, Tensor>, name = 'model'): Promise<string> {
  const path = join(folder, 'made');
  await writeFile(path, encodeSafetensors(tensors));
  return `cp ${path} "$COVEY_TASK/${name}.safetensors"`;
}

/** As f64 under the names of a torch.nn.Sequential. */
function foreign(parameters: Float32Array): Record<string, Tensor> {
  const own = parseSafetensors(modelToBytes(architecture, parameters), { maxBytes: 1 << 20 });
  const entries = [...own].map(([name, { shape, data }]): [string, Tensor] => {
    const values = Float64Array.from(new Float32Array(new Uint8Array(data).buffer));
    return [name.replace('layers.', ''), { dtype: 'F64', shape, data: new Uint8Array(values.buffer) }];
  });
  return Object.fromEntries(entries);
}

const read = (bytes: unknown) => updateFromBytes(core, architecture, bytes as Uint8Array, { maxBytes: 1 << 20 });
const isGone = (pid: number) => expect.poll(() => existsSync(`/proc/${pid}/stat`), { timeout: 5_000 }).toBe(false);

describe('a training command', () => {
  it('is given the task, the base, the data and a seed, and none of Covey’s own environment', async () => {
    vi.stubEnv('COVEY_PRIVATE_KEY', 'secret');
    vi.stubEnv('COVEY_PASSWORD', 'secret');
    const copy = `cp -r "$COVEY_TASK" ${folder}/seen; env > ${folder}/env; echo two; printf 'no end' >&2`;
    await train(`${copy}; ${await leaving(foreign(trained))}`, { training: { epochs: 9 }, seed: 5 });
    vi.unstubAllEnvs();
    const task = JSON.parse(await readFile(join(folder, 'seen/task.json'), 'utf8')) as Record<string, unknown>;
    expect(task).toEqual({
      schema: 'covey.train/1',
      task: '7',
      round: 2,
      name: 'Quarters',
      description: draft.description,
      mode: 'federated',
      architecture,
      tensors: [
        { name: 'layers.0.weight', shape: [12, 16] },
        { name: 'layers.0.bias', shape: [12] },
        { name: 'layers.2.weight', shape: [4, 12] },
        { name: 'layers.2.bias', shape: [4] },
      ],
      loss: 'cross-entropy',
      metric: 'accuracy',
      training: { ...draft.training, epochs: 9 },
      seed: 5,
      seconds: 90,
      baseCid: 'bafybase',
      base: 'base.safetensors',
      data: '/data/mine.csv',
      dataDescription: null,
      model: 'model.safetensors',
      update: 'update.safetensors',
    });
    expect(new Uint8Array(await readFile(join(folder, 'seen/base.safetensors')))).toEqual(base);
    const env = await readFile(join(folder, 'env'), 'utf8');
    expect(env.match(/^COVEY_.*$/gm)).toEqual([`COVEY_TASK=${join(folder, 'state/command-7-2')}`]);
    const said = events.flatMap((event) => (event.event === 'command-said' ? [event.line] : []));
    expect(said.toSorted()).toEqual(['no end', 'two']);
    expect(events.map(({ event }) => event).filter((name) => name !== 'command-said')).toEqual([
      'command-started',
      'command-ended',
    ]);
  });

  it('gives a model, of which a federated task takes the difference, clipped and encoded as the node does', async () => {
    const command = await leaving(foreign(trained));
    const difference = core.subtract(trained, start);
    expect(read(await train(command))).toEqual(difference);
    expect(
      modelFromBytes(architecture, (await train(command, { task: arena })) as Uint8Array, { maxBytes: 1e6 }),
    ).toEqual(trained);
    const privacy = { clip: 0.5, noise: 0, secret: new Uint8Array(32) };
    const clipped = read(await train(command, { privacy, encoding: { encoding: 'top-k', ratio: 0.1 } }));
    expect(Math.hypot(...clipped)).toBeLessThanOrEqual(0.5);
    expect(clipped.filter((value) => value !== 0)).toHaveLength(Math.round(difference.length * 0.1));
    // Nothing of the round is left, what the encoding took is.
    expect(await readdir(join(folder, 'state'))).toEqual(['7-2.residual']);
    expect(read(await train(await leaving(foreign(difference), 'update')))).toEqual(difference);
  });

  it('that fails is told with what it said, and tried again a moment later', async () => {
    const trainer = trainerOf(`echo broken >&2; test -e ${folder}/mended && ${await leaving(foreign(trained))}`);
    // An eighth of two seconds.
    const round = at({ secondsLeft: () => Promise.resolve(7) });
    await expect(trainer(round)).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      got: 'exit code 1; it said: broken',
    });
    expect(await trainer(round)).toBeNull();
    await writeFile(join(folder, 'mended'), '');
    await expect.poll(() => trainer(round), { interval: 50 }).toBeInstanceOf(Uint8Array);
  });

  it('is waited for no longer than it runs, whatever it left behind that holds its output', async () => {
    const left = `setsid sleep 100 & echo $! > ${folder}/pid`;
    expect(await train(`${left}; ${await leaving(foreign(trained))}`)).toBeInstanceOf(Uint8Array);
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  });

  it('is ended with all that it started when the window leaves it no more time, or the node stops', async () => {
    const hold = `sleep 100 & echo $! > ${folder}/pid; sleep 100`;
    const pid = async () => Number(await readFile(join(folder, 'pid'), 'utf8'));
    const late = train(hold, { secondsLeft: () => Promise.resolve(6) });
    await expect(late).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
      expected: 'at most 1 s',
      got: 'no end by then, without a word',
    });
    await isGone(await pid());
    const stop = new AbortController();
    const stopped = train(`rm ${folder}/pid; ${hold}`, { signal: stop.signal });
    await expect.poll(() => existsSync(join(folder, 'pid')) && pid()).toBeGreaterThan(0);
    stop.abort(new Error('stopped'));
    await expect(stopped).rejects.toThrow('stopped');
    await isGone(await pid());
    await expect(train('true', { secondsLeft: () => Promise.resolve(4) })).rejects.toMatchObject({
      code: 'COMMAND_TIMEOUT',
    });
  });

  it('does not outlive a node that was killed', async () => {
    const url = new URL('./run-command.ts', import.meta.url).href;
    const command = `echo $$ > ${folder}/pid; sleep 100`;
    const parameters = JSON.stringify({ command, env: {}, limitMs: 60_000 });
    const program = `import('${url}').then(({ runCommand }) => runCommand({ ...${parameters}, onLine() {} }))`;
    const node = spawn(process.execPath, ['-e', program], { stdio: 'ignore' });
    await expect.poll(() => existsSync(join(folder, 'pid')), { timeout: 10_000 }).toBe(true);
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    node.kill('SIGKILL');
    await isGone(pid);
  });

  it('that leaves nothing, or what the task does not take, is told so', async () => {
    const { '0.bias': bias, ...rest } = foreign(trained);
    const nan = { ...bias!, data: new Uint8Array(Float64Array.from({ length: 12 }, () => NaN).buffer) };
    const cases: [string, string][] = [
      ['true', 'base.safetensors, task.json'],
      [await leaving({ ...rest, '0.bias': { ...bias!, shape: [3, 4] } }), 'layers.0.bias [12]; got 0.bias [3, 4]'],
      ['cp "$COVEY_TASK/task.json" "$COVEY_TASK/model.safetensors"', 'cannot be read as safetensors'],
    ];
    for (const [command, got] of cases) {
      await expect(train(command), got).rejects.toMatchObject({
        code: 'COMMAND_BAD_OUTPUT',
        got: expect.stringContaining(got) as string,
      });
    }
    await expect(train(await leaving({ ...rest, '0.bias': nan }))).rejects.toMatchObject({
      code: 'COMMAND_BAD_OUTPUT',
      got: expect.stringContaining('NaN at element 0') as string,
    });
  });

  it('that prints without end is heard in part', async () => {
    const flood = "yes line | head -n 100000; head -c 3000000 /dev/zero | tr '\\0' x; echo";
    await train(`${flood}; ${await leaving(foreign(trained))}`);
    const said = events.flatMap((event) => (event.event === 'command-said' ? [event.line] : []));
    expect(said.length).toBeLessThan(1_000);
    expect(Math.max(...said.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
    expect(said.some((line) => /^… \d+ more lines$/.test(line))).toBe(true);
  });
});
