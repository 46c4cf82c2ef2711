import { clientError, firstReader, gatewayStore, type FetchedSubmission } from '@covey/client';
import { kuboStore } from '@covey/client/kubo';
import {
  memoryStore,
  misdeeds,
  serveHostileContent,
  type HostileContent,
  type MemoryStore,
  type Misdeed,
} from '@covey/client/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zeroAddress } from 'viem';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AttestedContent } from './attested-content.ts';
import { checkAvailability } from './availability.ts';

let store: MemoryStore;
let server: HostileContent;
let cids: string[];

beforeEach(async () => {
  store = memoryStore();
  server = await serveHostileContent((cid) => store.stored(cid));
  cids = await Promise.all(Array.from({ length: 4 }, () => store.add(Uint8Array.from(randomBytes(1000)))));
});

afterEach(async () => {
  await server.stop();
});

const maxSubmissionBytes = 1500;

function check(options: Partial<Parameters<typeof checkAvailability>[0]>) {
  const [ciphertext, ...submitted] = cids;
  return checkAvailability({
    reader: kuboStore(server.url),
    submissions: submitted.map((cid, index) => ({ index, cid, node: zeroAddress })),
    ciphertext: ciphertext!,
    maxSubmissionBytes,
    timeoutMs: 1_500,
    ...options,
  });
}

it.each(Object.keys(misdeeds) as Misdeed[])(
  'a server that %s for one submission makes it missing and nothing else; with a gateway beside it nothing is missing',
  async (misdeed) => {
    server.hit.set(cids[2]!, misdeed);
    const honest = await serveHostileContent((cid) => store.stored(cid));
    try {
      for (const reader of [kuboStore(server.url), gatewayStore(server.url)]) {
        const kept = new Map<string, FetchedSubmission>();
        const keep = (cid: string, found: FetchedSubmission) => Promise.resolve(void kept.set(cid, found));
        expect(await check({ reader, keep })).toMatchObject({ ciphertextMissing: false, missing: [{ index: 1 }] });
        expect([...kept.keys()].toSorted()).toEqual(cids.toSpliced(2, 1).toSorted());
        const both = firstReader([reader, gatewayStore(honest.url)]);
        expect(await check({ reader: both, timeoutMs: 4_000 })).toEqual({ ciphertextMissing: false, missing: [] });
      }
    } finally {
      await honest.stop();
    }
  },
);

it('a disk that takes one submission no more makes that one missing', async () => {
  const keep = (cid: string) => (cid === cids[3] ? Promise.reject(new Error('ENOSPC')) : Promise.resolve());
  expect(await check({ keep })).toMatchObject({ missing: [{ index: 2 }] });
});

it('what verified bytes say is wrong with a submission is known for its verdict, though its blocks are gone by then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'covey-attested-'));
  try {
    const large = await store.add(new Uint8Array(maxSubmissionBytes + 1));
    const noFile = await store.putBlock(0x70, new Uint8Array([1, 2, 3]));
    cids = [cids[0]!, large, noFile];
    const at = { taskId: 1n, round: 0 };
    const options = { folder, maxBytes: undefined, store, onEvent: () => undefined };
    const content = new AttestedContent({ ...options, reader: store });
    expect(await check({ keep: (cid, found) => content.keep(at, cid, found) })).toEqual({
      ciphertextMissing: false,
      missing: [],
    });
    store.onBlock = (cid) => {
      throw clientError('CONTENT_NOT_FOUND', `${cid} is gone`);
    };
    // Another process, after a restart.
    const reader = new AttestedContent({ ...options, reader: store }).reader(at);
    const limits = { maxBytes: maxSubmissionBytes };
    await expect(reader.get(large, limits)).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
    await expect(reader.get(noFile, limits)).rejects.toMatchObject({ code: 'CONTENT_NOT_A_FILE' });
    // Under another limit nothing is known.
    await expect(reader.get(large, { maxBytes: 10 * maxSubmissionBytes })).rejects.toMatchObject({
      code: 'CONTENT_NOT_FOUND',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
