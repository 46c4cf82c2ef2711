import { decompressSignature, drandRandomness } from '@covey/protocol';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Hex } from 'viem';
import { afterEach, describe, expect, test } from 'vitest';
import { drandRelays, quicknetHash, signedBeacon } from './beacon-source.ts';

const vectors = JSON.parse(readFileSync(new URL('../../../protocol/vectors/drand.json', import.meta.url), 'utf8')) as {
  rounds: { round: number; signature: Hex }[];
};
const [first, second] = vectors.rounds as [{ round: number; signature: Hex }, { round: number; signature: Hex }];
const proof = decompressSignature(first.signature);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A relay that answers each request with this; `asked` are the paths of the requests. */
async function relay(answer: { status?: number; body?: string } | 'silence') {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (answer === 'silence') return;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const said = ({ round, signature }: { round: number; signature: Hex }, over: object = {}) => ({
  body: JSON.stringify({
    round,
    randomness: drandRandomness(signature).slice(2),
    signature: signature.slice(2),
    ...over,
  }),
});

async function all(proofs: AsyncIterable<Hex>): Promise<Hex[]> {
  const got: Hex[] = [];
  for await (const one of proofs) got.push(one);
  return got;
}

describe('relays of drand', () => {
  test('are asked for the round of their network, and give a proof as the contract takes it', async () => {
    const { url, asked } = await relay(said(first));
    expect(await all(drandRelays({ urls: [`${url}/`] }).proofs(BigInt(first.round)))).toEqual([proof]);
    expect(asked).toEqual([`/${quicknetHash}/public/${first.round}`]);
  });

  test.each([
    ['another round', said(second)],
    ['randomness that is not its signature’s', said(first, { randomness: drandRandomness(second.signature).slice(2) })],
    ['a signature that is no point of the curve', said({ ...first, signature: `0x${'9f'.repeat(48)}` })],
    ['no signature', said(first, { signature: undefined })],
    ['an error', { status: 500 }],
    ['a page', { body: '<!doctype html>' }],
    ['nothing but null', { body: 'null' }],
    ['without end', { body: `{"round":${first.round},"filler":"${'x'.repeat(5_000)}"}` }],
  ])('that answer with %s are passed over', async (_, answer) => {
    const [broken, honest] = [await relay(answer), await relay(said(first))];
    const source = drandRelays({ urls: [broken.url, honest.url] });
    expect(await all(source.proofs(BigInt(first.round)))).toEqual([proof]);
    expect(broken.asked).toHaveLength(1);
  });

  test('that do not answer in time are passed over', async () => {
    const [silent, honest] = [await relay('silence'), await relay(said(first))];
    const source = drandRelays({ urls: [silent.url, honest.url], timeoutMs: 200 });
    expect(await all(source.proofs(BigInt(first.round)))).toEqual([proof]);
  });

  test('are asked no further than the caller needs', async () => {
    const [one, other] = [await relay(said(first)), await relay(said(first))];
    for await (const got of drandRelays({ urls: [one.url, other.url] }).proofs(BigInt(first.round))) {
      expect(got).toBe(proof);
      break;
    }
    expect(other.asked).toEqual([]);
  });

  test('of which none has the round are unreachable, each with its trouble', async () => {
    const [one, other] = [await relay({ status: 404 }), await relay(said(second))];
    const proofs = all(drandRelays({ urls: [one.url, other.url] }).proofs(BigInt(first.round)));
    await expect(proofs).rejects.toMatchObject({ code: 'BEACON_UNREACHABLE', retryable: true });
    await expect(proofs).rejects.toThrow(/no relay|gave/i);
  });

  test('are given up when the caller gives up', async () => {
    const silent = await relay('silence');
    const proofs = drandRelays({ urls: [silent.url] }).proofs(BigInt(first.round), AbortSignal.timeout(100));
    await expect(all(proofs)).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

test('who signs rounds itself gives their proofs', async () => {
  const source = signedBeacon((round) => {
    expect(round).toBe(BigInt(first.round));
    return first.signature;
  });
  expect(await all(source.proofs(BigInt(first.round)))).toEqual([proof]);
});
