import { appendFile, mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MessageLog } from './message-log.ts';
import type { BrokenLine, LoggedMessage } from './message-log.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'covey-log-'));
  path = join(directory, 'messages.jsonl');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

const message = (number: number): LoggedMessage =>
  ({ id: `0x${number}`, ipfs: 'é'.repeat(number), received: number, envelope: {} }) as unknown as LoggedMessage;

async function opened() {
  const log = new MessageLog(path);
  const messages: LoggedMessage[] = [];
  const broken: BrokenLine[] = [];
  await log.open(
    (one) => messages.push(one),
    (one) => broken.push(one),
  );
  return { log, messages, broken };
}

test('lines over the borders of what is read at once, and a half-written last one', async () => {
  const { log } = await opened();
  const all = [1, 40_000, 2, 60_000, 131_072, 3].map(message);
  for (const one of all) await log.append(one);
  await log.close();
  const { size } = await stat(path);
  await appendFile(path, '{"id":"0x12');
  const again = await opened();
  expect(again.messages).toEqual(all);
  expect(again.broken).toEqual([]);
  expect((await stat(path)).size).toBe(size);
  await again.log.close();
});

test('a log that is longer than any string can be', async () => {
  await writeFile(path, `${JSON.stringify(message(1))}\n`);
  await truncate(path, 600 * 1024 * 1024);
  await appendFile(path, `\n${JSON.stringify(message(2))}\n`);
  const { log, messages, broken } = await opened();
  expect(messages).toEqual([message(1), message(2)]);
  expect(broken).toEqual([{ line: 2, reason: 'the line has more than 1048576 bytes' }]);
  await log.close();
});

test('a broken line is told of and stays, those around it count', async () => {
  const text = `${JSON.stringify(message(1))}\n{"id":"0x{"id":"0x2"}\n\n${JSON.stringify(message(3))}\n`;
  await writeFile(path, text);
  const { log, messages, broken } = await opened();
  expect(messages).toEqual([message(1), message(3)]);
  expect(broken).toEqual([{ line: 2, reason: expect.stringMatching(/JSON/) }]);
  await log.close();
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('an append that a full disk cuts off leaves nothing behind, also when the disk refuses to cut', async () => {
  const { log } = await opened();
  await log.append(message(1));
  const probe = await open(path, 'r');
  const handles = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const half = vi.spyOn(handles, 'appendFile').mockImplementation(async function (this: FileHandle, data) {
    const bytes = Buffer.from(data as Uint8Array);
    await this.write(bytes.subarray(0, bytes.length >> 1));
    throw full;
  });
  await expect(log.append(message(2))).rejects.toBe(full);
  const stuck = vi.spyOn(handles, 'truncate').mockRejectedValue(full);
  await expect(log.append(message(3))).rejects.toBe(full);
  half.mockRestore();
  await expect(log.append(message(4))).rejects.toBe(full);
  stuck.mockRestore();
  await log.append(message(5));
  await log.close();
  const again = await opened();
  expect(again.messages).toEqual([message(1), message(5)]);
  expect(again.broken).toEqual([]);
  await again.log.close();
});
