// A model is sealed, and pulled from three sources at once and opened, each killed (SIGKILL) again and again and run again:
// the most memory that any of the processes held, and how fast they were, as JSON. By the command as people install it.
//   npm run -s memory:pull -- [--mebibytes 1024] [--kills 5] [--folder DIR]
// Linux alone tells how much memory a process held (VmHWM). Results: docs/reference/sealed.md.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { noConfig } from '@covey/nodes/testing';
import { documentCid, importFile } from '@covey/protocol';
import { stageCovey } from './pack/covey.ts';

const { values } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '1024' },
    kills: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
  },
});
const [mebibytes, kills] = [Number(values.mebibytes), Number(values.kills)];
if (![mebibytes, kills + 1].every((value) => Number.isSafeInteger(value) && value > 0)) {
  process.stderr.write('usage: npm run memory:pull -- [--mebibytes N] [--kills N] [--folder DIR]\n');
  process.exit(2);
}
const mebibyte = 1024 * 1024;
const maker = '0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984';
const folder = await mkdtemp(join(values.folder, 'covey-pull-memory-'));
const [model, pulled] = [join(folder, 'model.safetensors'), join(folder, 'pulled.safetensors')];

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
const program = join(folder, 'covey', 'bin', 'covey.mjs');

try {
  await stageCovey(join(folder, 'covey'));
  const bytes = await writeModel();
  const sealed = await interrupted(['seal', model, '--maker', maker, '--no-upload'], bytes);
  const { blocks, cid } = await blocksOf();
  const sources = await Promise.all([1, 2, 3].map((n) => serve(blocks, n === 3)));
  const gateways = sources.map(({ url }) => url).join(',');
  const key = `${model}.key`;
  const nobody = 'http://127.0.0.1:9';
  const args = ['pull', cid, '--ipfs', nobody, '--gateway', gateways, '--out', pulled, '--content-key', key];
  const opened = await interrupted(args, bytes);
  for (const { server } of sources) {
    server.closeAllConnections();
    server.close();
  }
  const same = (await sha256(model)) === (await sha256(pulled));
  if (!same) throw new Error('what was pulled is not what was sealed');
  process.stdout.write(`${JSON.stringify({ bytes, kills, seal: sealed, pull: opened })}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Random weights under a header of safetensors. */
async function writeModel(): Promise<number> {
  const length = mebibytes * mebibyte;
  const header = JSON.stringify({ weight: { dtype: 'F32', shape: [length / 4], data_offsets: [0, length] } });
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const file = await open(model, 'wx');
  await file.write(Buffer.concat([size, Buffer.from(header)]));
  for (let i = 0; i < mebibytes; i++) await file.write(randomBytes(mebibyte));
  await file.close();
  return 8 + header.length + length;
}

interface Measured {
  /** Of the last run, which goes on where the killed ones stood, and of all. */
  lastSeconds: number;
  seconds: number;
  /** Of a processor, over all runs: what other work on the machine does not change much. */
  cpuSeconds: number;
  /** Of the model, over all runs. */
  mibPerSecond: number;
  peakMiB: number;
  /** What the last run found of those before it. */
  kept: unknown;
}

/** Runs a command to its end, killing it again and again once it has said something new; each kill is further on. */
async function interrupted(args: string[], bytes: number): Promise<Measured> {
  const begun = performance.now();
  let [peakMiB, cpuBefore] = [0, 0];
  for (let kill = 0; ; kill++) {
    const started = performance.now();
    const running = command(args);
    let cpu = 0;
    const watch = setInterval(() => {
      void usageOf(running).then((usage) => {
        peakMiB = Math.max(peakMiB, usage.peakMiB);
        cpu = Math.max(cpu, usage.cpuSeconds);
        const said = running.stderr.split('\n').filter((line) => / %/.test(line)).length;
        if (kill < kills && said > 4 * kill + 2) running.kill();
      });
    }, 50);
    const code = await running.exit;
    clearInterval(watch);
    cpuBefore += cpu;
    if (kill < kills && code !== 0) {
      process.stderr.write(`killed: ${running.stderr.trim().split('\n').at(-1)}\n`);
      continue;
    }
    if (code !== 0) throw new Error(running.stderr);
    const line = JSON.parse(running.stdout) as { kept: unknown };
    const seconds = (performance.now() - begun) / 1000;
    return {
      lastSeconds: rounded((performance.now() - started) / 1000),
      seconds: rounded(seconds),
      cpuSeconds: rounded(cpuBefore),
      mibPerSecond: rounded(bytes / mebibyte / seconds),
      peakMiB,
      kept: line.kept,
    };
  }
}

interface Running {
  pid: number | undefined;
  stdout: string;
  stderr: string;
  kill(): void;
  exit: Promise<number | null>;
}

function command(args: string[]): Running {
  const env = { ...process.env, LC_ALL: 'C', COVEY_CONFIG: noConfig };
  const child = spawn(process.execPath, [program, ...args, '--json'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  child.once('exit', () => children.delete(child));
  const running: Running = {
    pid: child.pid,
    stdout: '',
    stderr: '',
    kill: () => void child.kill('SIGKILL'),
    exit: new Promise((done) => child.once('close', (code) => done(code))),
  };
  child.stdout.on('data', (data: Buffer) => (running.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (running.stderr += data.toString()));
  return running;
}

function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

/** Of a process, as proc(5) has it: 100 ticks are a second. Nothing once it has ended. */
async function usageOf({ pid }: Running): Promise<{ peakMiB: number; cpuSeconds: number }> {
  const [status = '', stat = ''] = await Promise.all(
    ['status', 'stat'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')),
  );
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  const peakMiB = Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
  return { peakMiB, cpuSeconds: (user + system) / 100 };
}

/** Where in the sealed files each block is; nodes and the manifest are held. */
async function blocksOf() {
  const blocks = new Map<string, { path: string; offset: number; length: number } | Uint8Array>();
  for (const name of ['sealed', 'leaves']) {
    const path = `${model}.${name}`;
    let offset = 0;
    await importFile(createReadStream(path, { highWaterMark: mebibyte }), async (cid, content) => {
      if (cid.code !== 0x55) return void blocks.set(String(cid), content.slice());
      blocks.set(String(cid), { path, offset, length: content.length });
      offset += content.length;
    });
  }
  const manifest = await readFile(`${model}.manifest.json`);
  const cid = documentCid(manifest);
  blocks.set(cid, manifest);
  return { blocks, cid };
}

/** A gateway; one of them changes a byte of every eighth block. */
async function serve(blocks: Awaited<ReturnType<typeof blocksOf>>['blocks'], lies: boolean) {
  let served = 0;
  const server: Server = createServer((request, response) => {
    const cid = /^\/ipfs\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    const block = blocks.get(cid);
    void (async () => {
      if (!block) return void response.writeHead(404).end();
      const bytes = block instanceof Uint8Array ? Buffer.from(block) : await slice(block);
      if (lies && ++served % 8 === 0) bytes[0]! ^= 1;
      response.end(bytes);
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function slice({ path, offset, length }: { path: string; offset: number; length: number }): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    await file.read(bytes, 0, length, offset);
    return bytes;
  } finally {
    await file.close();
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest('hex');
}
