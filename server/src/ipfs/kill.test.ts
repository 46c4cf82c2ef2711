import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { create } from 'kubo-rpc-client';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('./testing/serve.ts', import.meta.url));

async function start(directory: string) {
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  return { child, url, client: create({ url }) };
}

test('what was acknowledged survives kill -9 at any moment', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'covey-kill-'));
  const acknowledged: { cid: string; byte: number; length: number }[] = [];
  try {
    for (let life = 0; life < 3; life++) {
      const { child, client } = await start(directory);
      const exited = once(child, 'exit');
      // Adds run on while the process dies under them: some are acknowledged, the rest fail.
      const adding = Array.from({ length: 40 }, async (_, i) => {
        const length = 100_000 + i * 60_000;
        const byte = life * 40 + i;
        const { cid } = await client.add(new Uint8Array(length).fill(byte));
        acknowledged.push({ cid: cid.toString(), byte, length });
      });
      const settled = Promise.allSettled(adding);
      while (acknowledged.length < (life + 1) * 3) await new Promise((resolve) => setTimeout(resolve, 2));
      child.kill('SIGKILL');
      await exited;
      await settled;
    }
    const { child, client } = await start(directory);
    const exited = once(child, 'exit');
    const pinned: string[] = [];
    for await (const pin of client.pin.ls()) pinned.push(pin.cid.toString());
    for (const { cid, byte, length } of acknowledged) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of client.cat(cid)) chunks.push(chunk);
      expect(Buffer.concat(chunks).equals(Buffer.alloc(length, byte))).toBe(true);
      expect(pinned).toContain(cid);
    }
    child.kill('SIGKILL');
    await exited;
    expect(acknowledged.length).toBeGreaterThanOrEqual(9);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
