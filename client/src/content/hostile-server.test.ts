import { isCoveyError } from '@covey/errors';
import { fileCid } from '@covey/protocol';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { misdeeds, serveHostileContent, type HostileContent, type Misdeed } from '../testing/hostile-content.ts';
import { memoryStore, type MemoryStore } from '../testing/memory-store.ts';
import { scaled } from '../testing/pace.ts';
import type { ContentReader } from './content-store.ts';
import { firstReader } from './first-reader.ts';
import { gatewayStore } from './gateway-store.ts';
import { kuboStore } from './kubo-store.ts';

let store: MemoryStore;
let hostile: HostileContent;

beforeEach(async () => {
  store = memoryStore();
  hostile = await serveHostileContent((cid) => store.stored(cid));
});

afterEach(async () => {
  await hostile.stop();
});

const readers: Record<string, (url: string) => ContentReader> = { gateway: gatewayStore, Kubo: kuboStore };
const small = Uint8Array.from(randomBytes(1000));
const large = Uint8Array.from(randomBytes(1024 * 1024 + 17));
const limits = { maxBytes: 2 * large.byteLength, timeoutMs: 1_000 };
const acts = Object.keys(misdeeds) as Misdeed[];

async function failureOf(reading: Promise<unknown>) {
  const error: unknown = await reading.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!isCoveyError(error)) throw new Error('expected a coded error', { cause: error });
  return error;
}

describe.each(Object.entries(readers))('a %s that', (_, open) => {
  it.each(acts)('%s says nothing about the content, and another source is asked', async (act) => {
    const cid = await store.add(small);
    const honest = await serveHostileContent((wanted) => store.stored(wanted));
    try {
      hostile.hit.set(cid, act);
      const failure = await failureOf(open(hostile.url).get(cid, { ...limits, maxBytes: 1000 }));
      expect(failure.retryable).toBe(true);
      expect(failure.code).not.toMatch(/_TOO_LARGE|_NOT_A_FILE/);
      expect(await firstReader([open(hostile.url), open(honest.url)]).get(cid, { timeoutMs: 4_000 })).toEqual(small);
    } finally {
      await honest.stop();
    }
  });

  it.each(acts)('%s in the middle of a file says nothing about the file', async (act) => {
    const root = await store.add(large);
    hostile.hit.set(await fileCid(large.subarray(1024 * 1024)), act);
    const failure = await failureOf(open(hostile.url).get(root, limits));
    expect(failure.retryable).toBe(true);
    expect(failure.code).not.toMatch(/_TOO_LARGE|_NOT_A_FILE/);
  });

  it('serves a block that is too large shows it by its bytes, whatever other sources would say', async () => {
    const cid = await store.add(small);
    const silent = await serveHostileContent(() => Promise.reject(new Error('nothing')));
    try {
      const reader = firstReader([open(silent.url), open(hostile.url), open(silent.url)]);
      await expect(reader.get(cid, { maxBytes: 999 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
      await expect(firstReader([open(silent.url)]).get(cid)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
    } finally {
      await silent.stop();
    }
  });
});

it('sources share the time that a read may take', async () => {
  const cid = await store.add(small);
  hostile.hit.set(cid, 'stops in the middle of the body');
  const silent = gatewayStore(hostile.url);
  const timeoutMs = scaled(300);
  const started = performance.now();
  await expect(firstReader([silent, silent, silent]).get(cid, { timeoutMs })).rejects.toMatchObject({
    code: 'CONTENT_TIMEOUT',
  });
  expect(performance.now() - started).toBeLessThan(3 * timeoutMs);
});
