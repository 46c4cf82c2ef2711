// Whether each endpoint serves the chain, whether they agree on it, and how its time stands to this machine's.
import { chainError, rpcTransport } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi';
import { isCoveyError } from '@covey/errors';
import { createPublicClient, type Hex, type PublicClient } from 'viem';
import { fail, ok, warn, type Finding } from '../creator/check/finding.ts';
import { countText, durationText } from '../quantities.ts';

/** What one endpoint says of the chain. */
export interface Endpoint {
  /** Its host: keys stand in the rest of an address. */
  name: string;
  client: PublicClient;
  head: { number: bigint; timestamp: bigint };
}

/** Blocks that endpoints may be apart without one being slow, and over which times of blocks are taken. */
const apart = 2n;
const span = 20n;

export async function checkEndpoints(
  deployment: Deployment,
  urls: readonly string[],
): Promise<{ findings: Finding[]; endpoints: Endpoint[] }> {
  const found = await Promise.all(urls.map((url) => lookAt(deployment, url)));
  const endpoints = found.flatMap((one) => ('endpoint' in one ? one.endpoint : []));
  return { findings: [...found.map(({ finding }) => finding), ...(await checkAgreement(endpoints))], endpoints };
}

async function lookAt(
  { chainId, dao }: Deployment,
  url: string,
): Promise<{ finding: Finding; endpoint: Endpoint } | { finding: Finding }> {
  const name = URL.canParse(url) ? new URL(url).host : url;
  const bound = `chain ${chainId} with the deployment’s contracts`;
  const transport = rpcTransport({ urls: [url], chainId, timeoutMs: 10_000, retryCount: 0 });
  const client = createPublicClient({ transport, cacheTime: 0 }) as PublicClient;
  try {
    const [{ number, timestamp }, code] = await Promise.all([client.getBlock(), client.getCode({ address: dao })]);
    if (!code)
      return {
        finding: fail(
          'rpc',
          `${name}: no contract at ${dao}`,
          bound,
          'Name the deployment of this chain with --deployment.',
        ),
      };
    const head = { number: number!, timestamp };
    return { finding: ok('rpc', `${name}: block ${countText(head.number)}`, bound), endpoint: { name, client, head } };
  } catch (cause) {
    const error = chainError(cause, `asking ${name}`);
    if (!isCoveyError(error)) throw error;
    const next = error.hint ?? 'Start it, or name another with --rpc.';
    return { finding: fail('rpc', `${name}: ${error.shortMessage}`, bound, next) };
  }
}

async function checkAgreement(endpoints: readonly Endpoint[]): Promise<Finding[]> {
  if (endpoints.length < 2) {
    const next = 'Name several with --rpc A,B: one stands in for another, and --agree 2 believes none alone.';
    return endpoints.length === 0 ? [] : [warn('rpc endpoints', '1', 'several', next)];
  }
  const heads = endpoints.map(({ head }) => head.number);
  const lowest = heads.reduce((a, b) => (a < b ? a : b));
  const highest = heads.reduce((a, b) => (a > b ? a : b));
  const hashes = await Promise.all(endpoints.map(async ({ client }) => await hashAt(client, lowest)));
  const bound = 'the same block, and none behind';
  if (new Set(hashes).size > 1) {
    const value = endpoints.map(({ name }, i) => `${name} ${hashes[i] ?? 'none'}`).join(', ');
    return [
      fail(
        'rpc endpoints',
        `of block ${lowest}: ${value}`,
        bound,
        'One is on another branch, or lies: leave it out, or set --agree.',
      ),
    ];
  }
  const behind = endpoints.filter(({ head }) => head.number + apart < highest).map(({ name }) => name);
  if (behind.length === 0)
    return [ok('rpc endpoints', `${endpoints.length} agree on block ${countText(lowest)}`, bound)];
  return [
    warn(
      'rpc endpoints',
      `${behind.join(', ')} ${highest - lowest} blocks behind`,
      bound,
      'Use one that keeps up: what is behind is passed over.',
    ),
  ];
}

async function hashAt(client: PublicClient, blockNumber: bigint): Promise<Hex | undefined> {
  try {
    return (await client.getBlock({ blockNumber })).hash ?? undefined;
  } catch (cause) {
    if (isCoveyError(chainError(cause, `asking for block ${blockNumber}`))) return undefined;
    throw cause;
  }
}

/** Nodes go by the time of blocks; a clock that is off shows an endpoint that stands still, or misleads its reader. */
export async function checkClock({ client, head }: Endpoint, nowSeconds: number): Promise<Finding[]> {
  const first = head.number > span ? head.number - span : 0n;
  const blocks = Number(head.number - first);
  const { timestamp } = await client.getBlock({ blockNumber: first });
  const each = blocks === 0 ? 0 : Number(head.timestamp - timestamp) / blocks;
  const rhythm = ok('block time', durationText(Math.round(each)), `the mean of ${blocks} blocks`);
  const age = nowSeconds - Number(head.timestamp);
  const most = Math.max(60, Math.ceil(10 * each));
  const bound = `at most ${durationText(most)} from this machine’s clock`;
  if (age < -30) {
    const next = 'Set the clock by NTP. On a development chain whose clock is moved this is as it should be.';
    return [rhythm, warn('clock', `the newest block is ${durationText(-age)} ahead`, bound, next)];
  }
  if (age > most) {
    const next =
      'The chain or the endpoint stands still, or the clock is wrong. A development chain needs a block time.';
    return [rhythm, warn('clock', `the newest block is ${durationText(age)} old`, bound, next)];
  }
  return [rhythm, ok('clock', `the newest block is ${durationText(Math.max(0, age))} old`, bound)];
}
