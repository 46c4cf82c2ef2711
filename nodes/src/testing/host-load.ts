/** A host under load, for scripts and tests. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Architecture } from '@covey/protocol';
import {
  answerTo,
  digestOf,
  encodeAnswer,
  encodeRequest,
  voucherHash,
  type InferenceRequest,
} from '@covey/protocol/inference';
import { loadNodeCore } from '@covey/wasm-core/node';
import { zeroHash, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { signHash, signerOf } from '../host/till/recover.ts';
import { noDeployment, startFreeHost } from './free-host.ts';

export { startFreeHost } from './free-host.ts';
export type { FreeHost } from './free-host.ts';

/** Vouchers hashed and recovered in a second of this thread's time. */
export function measureVouchers(count: number): number {
  const key = generatePrivateKey();
  const address = privateKeyToAddress(key);
  const voucher = (amount: number) => ({ channel: zeroHash, amount: BigInt(amount) });
  const signatures = Array.from({ length: count }, (_, i) => signHash(voucherHash(noDeployment, voucher(i)), key));
  const before = process.cpuUsage();
  signatures.forEach((signature, i) => {
    if (signerOf(voucherHash(noDeployment, voucher(i)), signature) !== address) throw new Error('not the signer');
  });
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

/** A small transformer of bytes. */
const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 32, width: 32 },
    { type: 'residual', layers: [{ type: 'attention', width: 32, heads: 4, rotary: true }] },
    { type: 'dense', inputs: 32, outputs: 256 },
  ],
  input: 'tokens',
};

export interface HostLoad {
  answered: number;
  /** 429s; each was asked again after a while. */
  busy: number;
  /** Connections that broke, other statuses, wrong answers. */
  lost: number;
  tries: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  perSecond: number;
  together: number;
}

/** Clients that ask at once, so many times each, and come back where they are told to. Every answer is compared. */
export async function measureHost(load: { clients: number; rounds: number; tokens?: number }): Promise<HostLoad> {
  const { clients, rounds, tokens = 8 } = load;
  const core = await loadNodeCore();
  const parameters = core.initialise(architecture.layers, 1);
  let together = 0;
  const host = await startFreeHost(
    core.sha256,
    { architecture, parameters },
    {
      limits: { requestBytes: 4096, tokens: 64, queue: 64 },
      onAnswer: (answer) => (together += answer.together),
    },
  );
  const request = (prompt: number): InferenceRequest => ({
    ...{ schema: 'covey.request/1', ...host.named, kind: 'generate' },
    ...{ prompt: [prompt], length: tokens, temperature: 0, seed: 0, stop: [] },
  });
  const right = Array.from({ length: 16 }, (_, i) =>
    digestOf(encodeAnswer(answerTo(core, { architecture, parameters }, request(i)))),
  );
  const times: number[] = [];
  const counts = { busy: 0, lost: 0, tries: 0 };
  const ask = async (prompt: number): Promise<boolean> => {
    counts.tries++;
    const reply = await fetch(`${host.url}/v1/answers`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.ipld.dag-json' },
      body: new Uint8Array(encodeRequest(request(prompt))),
    });
    if (reply.status === 429) {
      await reply.body?.cancel();
      counts.busy++;
      // Told in seconds; a client spreads its tries over them.
      await sleep(Number(reply.headers.get('retry-after')) * 1000 * Math.random());
      return await ask(prompt);
    }
    const { covey } = (await reply.json()) as { covey?: { output: Hex } };
    return covey?.output === right[prompt];
  };
  const client = async (n: number) => {
    for (let round = 0; round < rounds; round++) {
      const began = performance.now();
      const isRight = await ask((n + round) % right.length).catch(() => false);
      if (isRight) times.push(performance.now() - began);
      else counts.lost++;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: clients }, (_, n) => client(n)));
  const seconds = (performance.now() - began) / 1000;
  await host.stop();
  times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
  return {
    ...{ answered: times.length, ...counts, p50: at(0.5), p99: at(0.99) },
    perSecond: Math.round(times.length / seconds),
    together: Math.round(together / Math.max(1, times.length)),
  };
}
