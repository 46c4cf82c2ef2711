import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Traffic } from './traffic.ts';

const app = fastify();
const dropped = { slow: 0, full: 0 };
const traffic = new Traffic(app.server, { connections: 100, bytes: 2 ** 24, stallMs: 60_000 }, (why) => dropped[why]++);
let url: URL;
let open = 0;
let most = 0;
beforeAll(async () => {
  app.get('/', async () => {
    most = Math.max(most, ++open);
    await sleep(20);
    open--;
    return 'x'.repeat(1_000);
  });
  url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(async () => {
  traffic.stop();
  app.server.closeAllConnections();
  await app.close();
});

/** Sends so many requests without waiting for an answer; how many answers came until the connection was closed. */
function pipelined(count: number): Promise<number> {
  return new Promise((done) => {
    let heard = '';
    const last = `GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
    const socket = connect(Number(url.port), url.hostname, () =>
      socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(count - 1) + last),
    );
    socket
      .on('error', () => undefined)
      .on('data', (data) => (heard += String(data)))
      .on('close', () => done(heard.split('HTTP/1.1 200').length - 1));
  });
}

it('a few requests may be under way on one connection, and are answered in turn', async () => {
  expect(await pipelined(4)).toBe(4);
  expect(dropped.full).toBe(0);
});

it('who writes thousands without waiting for an answer is dropped, and nothing of it stays', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => pipelined(5_000)));
  expect(Math.max(...all)).toBeLessThan(100);
  expect(dropped.full).toBeGreaterThanOrEqual(5);
  while (open > 0) await sleep(20);
  expect([traffic.open, traffic.held]).toEqual([0, 0]);
  expect((await fetch(url)).status).toBe(200);
});
