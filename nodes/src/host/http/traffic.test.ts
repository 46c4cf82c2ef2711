import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import { afterEach, expect, it } from 'vitest';
import { sendWhole } from './send-whole.ts';
import { Traffic, trafficLimits, type TrafficLimits } from './traffic.ts';

const MiB = 2 ** 20;
/** Of the host under attack. */
const bound = 24 * MiB;
const script = fileURLToPath(new URL('../../testing/serve-free-host.ts', import.meta.url));
const cleaners: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleaners.splice(0)) clean();
});

interface Attacked {
  url: URL;
  /** What it held before anybody came, and the most since. */
  before: number;
  most: () => number;
  connections: () => number;
}

/** A host in a process of its own, which says how many bytes it holds. */
async function attacked(limits: Partial<TrafficLimits>): Promise<Attacked> {
  const child = spawn(process.execPath, ['--expose-gc', script, JSON.stringify(limits)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleaners.push(() => child.kill('SIGKILL'));
  let [url, before, most, connections] = ['', 0, 0, 0];
  const told = new Promise<void>((done) =>
    createInterface(child.stdout).on('line', (line) => {
      const said = JSON.parse(line) as { url?: string; bytes?: number; connections?: number };
      url = said.url ?? url;
      if (said.bytes === undefined) return;
      connections = said.connections ?? 0;
      before ||= said.bytes;
      most = Math.max(most, said.bytes);
      done();
    }),
  );
  await told;
  await asked(url);
  return { url: new URL(url), before, most: () => most, connections: () => connections };
}

/** An honest client's request; its status. */
async function asked(url: string): Promise<number> {
  const reply = await fetch(new URL('/v1/completions', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'bytes', prompt: 'Hello', max_tokens: 4 }),
  });
  await reply.arrayBuffer();
  return reply.status;
}

/** Asks again and again until `isOver`: every answer counts, with how long it took at most. */
async function honest(url: URL, isOver: () => boolean): Promise<{ statuses: Set<number>; count: number; ms: number }> {
  const found = { statuses: new Set<number>(), count: 0, ms: 0 };
  while (!isOver()) {
    const began = performance.now();
    found.statuses.add(await asked(url.href));
    found.ms = Math.max(found.ms, performance.now() - began);
    found.count++;
    await sleep(100);
  }
  return found;
}

interface Attacker {
  socket: Socket;
  isClosed: boolean;
}

function attacker({ hostname, port }: URL, send: (socket: Socket) => void): Attacker {
  const socket = connect(Number(port), hostname, () => send(socket));
  const made = { socket, isClosed: false };
  socket.on('error', () => undefined).on('close', () => (made.isClosed = true));
  cleaners.push(() => socket.destroy());
  return made;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(50);
}

const head = (path: string, length: number, type = 'application/json') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

const closed = (attackers: Attacker[]) => attackers.filter(({ isClosed }) => isClosed).length;

it('bodies that never end: memory stays bounded, whoever holds most is dropped, honest clients are answered', async () => {
  const { url, before, most } = await attacked({ bytes: bound });
  const part = Buffer.alloc(4 * MiB, 'a');
  const attackers = Array.from({ length: 60 }, () =>
    attacker(url, (socket) => {
      socket.write(head('/v1/predict', 5 * MiB - 1));
      socket.write(part);
    }),
  );
  const end = performance.now() + 8_000;
  const { statuses } = await honest(url, () => performance.now() > end);
  expect([...statuses]).toEqual([200]);
  // They would be 240 MiB.
  expect(most() - before).toBeLessThan(4 * bound);
  expect(closed(attackers)).toBeGreaterThan(30);
});

it('readers that take nothing of a large answer are left, and it is not kept for them', async () => {
  const { url, connections } = await attacked({ bytes: bound, stallMs: 1_000 });
  const body = JSON.stringify({
    model: 'wide',
    values: 'outputs',
    inputs: Buffer.from(new Uint8Array(2048 * 4)).toString('base64'),
  });
  const readers = Array.from({ length: 4 }, () =>
    attacker(url, (socket) => socket.pause().write(head('/v1/predict', body.length) + body)),
  );
  await until(() => connections() >= readers.length);
  // A paused socket does not see its end: the host says who is left.
  const { statuses } = await honest(url, () => connections() <= 1);
  expect([...statuses]).toEqual([200]);
});

it('answers that wait for slow readers stay within the bound together, and a reader who reads has all of its own', async () => {
  const dropped = { slow: 0, full: 0 };
  const app = fastify();
  const traffic = new Traffic(app.server, { connections: 100, bytes: bound, stallMs: 60_000 }, (why) => dropped[why]++);
  cleaners.push(() => {
    traffic.stop();
    app.server.closeAllConnections();
    void app.close();
  });
  const answer = 'x'.repeat(8 * MiB);
  let most = 0;
  app.get('/', async (_request, reply) => {
    const sent = sendWhole(reply, answer, traffic);
    most = Math.max(most, traffic.held);
    return await sent;
  });
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  for (let i = 0; i < 20; i++) {
    attacker(url, (socket) => socket.pause().write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    const text = await (await fetch(url)).text();
    expect(text.length).toBe(answer.length + 2);
  }
  expect(most).toBeLessThanOrEqual(bound);
  // Of 20 there is room for two or three, and for the one that reads.
  expect(dropped.full).toBeGreaterThan(10);
  expect(dropped.slow).toBe(0);
});

it('a stream whose reader takes nothing is not kept, and one that reads gets every token', async () => {
  const { url, before, most } = await attacked({ bytes: bound, stallMs: 1_000 });
  const body = JSON.stringify({ model: 'bytes', prompt: 'x', max_tokens: 4096, stream: true });
  Array.from({ length: 40 }, () =>
    attacker(url, (socket) => socket.pause().write(head('/v1/completions', body.length) + body)),
  );
  const reply = await fetch(new URL('/v1/completions', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bytes', prompt: 'x', max_tokens: 200, stream: true }),
  });
  const events = (await reply.text()).split('\n\n').filter(Boolean);
  expect(events.at(-1)).toBe('data: [DONE]');
  const last = JSON.parse(events.at(-2)!.slice(6)) as { usage: { completion_tokens: number } };
  expect(last.usage.completion_tokens).toBe(200);
  expect(most() - before).toBeLessThan(3 * bound);
});

it('connections that say nothing make room for those that come', async () => {
  const { url } = await attacked({ connections: 50 });
  const attackers = Array.from({ length: 80 }, () => attacker(url, (socket) => socket.write('POST /v1/predict HT')));
  await sleep(500);
  const end = performance.now() + 1_500;
  const { statuses } = await honest(url, () => performance.now() > end);
  expect([...statuses]).toEqual([200]);
  expect(closed(attackers)).toBeGreaterThanOrEqual(30);
  expect(trafficLimits.connections).toBe(1_024);
});

it('estimates are few a second, of everybody together', async () => {
  const { url } = await attacked({});
  const one = `${head('/v1/estimate', 2, 'application/vnd.ipld.dag-json')}{}`;
  let heard = '';
  const { socket } = attacker(url, (opened) => opened.write(one.repeat(1_000)));
  socket.on('data', (data) => (heard += String(data)));
  const count = (status: number) => heard.split(`HTTP/1.1 ${status}`).length - 1;
  await until(() => count(429) > 0 && count(400) >= 50);
});
