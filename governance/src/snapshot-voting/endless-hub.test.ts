import { scaled } from '@covey/client/testing/pace';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { queryHub } from './hub-messages.ts';
import { readHubVotes } from './read-hub-votes.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function hub(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as { port: number }).port}`;
}

const id = `0x${'11'.repeat(32)}` as const;
const ask = (url: string, timeoutMs: number) => queryHub(url, '{}', {}, { timeoutMs, maxBytes: 100_000 });

it('a hub that sends a body without end is cut off by its size', async () => {
  let sent = 0;
  const url = await hub((_, response) => {
    const more = () => {
      for (let room = true; room && !response.destroyed; sent += 10_000) room = response.write('x'.repeat(10_000));
    };
    response.on('drain', more);
    more();
  });
  await expect(ask(url, 20_000)).rejects.toMatchObject({ code: 'GOV_HUB_ANSWER' });
  expect(sent).toBeLessThan(50_000_000);
});

it('a hub that sends a byte now and then for ever is cut off by time', async () => {
  const url = await hub((_, response) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  });
  const before = Date.now();
  await expect(ask(url, 300)).rejects.toMatchObject({ code: 'GOV_HUB_UNREACHABLE' });
  expect(Date.now() - before).toBeLessThan(scaled(5_000));
});

it('a hub that lists the same votes on every page, or more than was asked for, is not followed', async () => {
  const votes = Array.from({ length: 1_000 }, (_, i) => ({ id: `0x${i.toString(16).padStart(64, '0')}`, ipfs: 'x' }));
  let pages = 0;
  const url = await hub((request, response) => {
    request.resume();
    pages += 1;
    response.end(JSON.stringify({ data: { votes } }));
  });
  await expect(readHubVotes({ hub: url, ipfs: async () => new Uint8Array(), id })).rejects.toMatchObject({
    code: 'GOV_HUB_ANSWER',
  });
  expect(pages).toBe(2);
});

it('a hub that invents new votes on every page is left once they are more than any vote has', async () => {
  let pages = 0;
  const url = await hub((request, response) => {
    request.resume();
    const first = pages++ * 1_000;
    const votes = Array.from({ length: 1_000 }, (_, i) => ({ id: `${first + i}`, ipfs: 'x' }));
    response.end(JSON.stringify({ data: { votes } }));
  });
  await expect(readHubVotes({ hub: url, ipfs: async () => new Uint8Array(), id })).rejects.toMatchObject({
    code: 'GOV_HUB_ANSWER',
  });
  expect(pages).toBe(501);
});
