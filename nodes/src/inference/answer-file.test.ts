import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zeroAddress } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAnswers } from './answer-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-answers-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function linesIn(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { line, error } of readAnswers(path, { chainId: 1, hostRegistry: zeroAddress }))
    found.push(`${line} ${error?.code ?? 'read'}`);
  return found;
}

it('a line that never ends is passed over as it comes, and the next one is read', async () => {
  const path = join(folder, 'endless.jsonl');
  await writeFile(path, '{}\n\r\nno JSON\r\n');
  const file = await open(path, 'r+');
  // Nothing but a hole, longer than any text that there can be.
  const { size } = await file.stat();
  await file.write('\n{}', size + 600 * 2 ** 20);
  await file.close();
  const invalid = 'HOST_ANSWER_INVALID';
  expect(await linesIn(path)).toEqual([`1 ${invalid}`, `3 ${invalid}`, `4 ${invalid}`, `5 ${invalid}`]);
  expect(process.memoryUsage().rss).toBeLessThan(2 ** 30);
});
