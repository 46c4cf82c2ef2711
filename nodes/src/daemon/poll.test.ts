import { clientError } from '@covey/client';
import { createPublicClient, http } from 'viem';
import { expect, it } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { poll } from './poll.ts';

it('outlives failures, tells each once, and ends when aborted', async () => {
  const stop = new AbortController();
  const events: NodeEvent[] = [];
  const outcomes = ['down', 'down', 'down', null, 'down', 'odd'];
  let looks = 0;
  await poll(
    async () => {
      const outcome = outcomes[looks++];
      if (looks > outcomes.length) stop.abort();
      if (outcome === 'odd') throw new TypeError('odd');
      if (outcome) throw clientError('CHAIN_UNREACHABLE', outcome);
    },
    { pollMs: 1, signal: stop.signal, onEvent: (event) => events.push(event) },
  );
  expect(looks).toBe(outcomes.length + 1);
  expect(events).toEqual([
    { event: 'error', code: 'CHAIN_UNREACHABLE', message: 'down' },
    { event: 'recovered', code: 'CHAIN_UNREACHABLE', seconds: 0 },
    { event: 'error', code: 'CHAIN_UNREACHABLE', message: 'down' },
    { event: 'error', code: 'UNEXPECTED', message: 'odd' },
    { event: 'recovered', code: 'UNEXPECTED', seconds: 0 },
  ]);
});

it('does not wait for the next look when aborted', async () => {
  const stop = new AbortController();
  const polling = poll(() => Promise.resolve(), { pollMs: 2 ** 30, signal: stop.signal, onEvent: () => undefined });
  setTimeout(() => stop.abort(), 10);
  await polling;
});

it('looks once, and throws, when asked to', async () => {
  await expect(
    poll(() => Promise.reject(clientError('TASK_UNKNOWN', 'none')), { once: true, onEvent: () => undefined }),
  ).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
});

it('says that the chain does not answer without naming the endpoint, whose address may hold a key', async () => {
  const stop = new AbortController();
  const events: NodeEvent[] = [];
  const chain = createPublicClient({ transport: http('http://127.0.0.1:9/secret-key', { retryCount: 0 }) });
  await poll(() => chain.getBlock().then(() => undefined), {
    pollMs: 1,
    signal: stop.signal,
    onEvent(event) {
      events.push(event);
      stop.abort();
    },
  });
  expect(events).toMatchObject([{ event: 'error', code: 'CHAIN_UNREACHABLE' }]);
  expect(JSON.stringify(events)).not.toContain('secret-key');
});
