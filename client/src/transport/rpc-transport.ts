import { BaseError, custom, numberToHex, type CustomTransport, type Hex } from 'viem';
import { clientError, isClientError } from '../errors.ts';
import { sleep } from '../logs/sleep.ts';
import { agreedReads, textOfAnswer, textOfRefusal } from './answers.ts';
import { Endpoint, isAnswer, type EndpointOptions } from './endpoint.ts';

export interface RpcTransportParameters extends EndpointOptions {
  /** In the order of preference. */
  urls: readonly string[];
  chainId: number;
  /** How many endpoints must give equal answers to a read before it is accepted. Default 1. */
  agree?: number | undefined;
  /** Milliseconds for which the newest block of an endpoint that then fails still counts. Default 60,000. */
  forgetMs?: number | undefined;
}

/** Where another endpoint can be asked instead, one is waited for no longer, and asked once. */
const ofSeveral = { timeoutMs: 8_000, retryCount: 0 };
/** Blocks that an endpoint may be behind another one. */
const maxLag = 2n;
/** Endpoints that disagree about the newest blocks are given time to hear of them. */
const attempts = 4;
const pauseMs = 250;
/** All reads of one moment are of one block. */
const keptHeadMs = 200;

/**
 * A viem transport over several endpoints. One that is not reached, too slow, overloaded, behind the others or of another
 * chain is passed over for the next. Where agreement is asked for, reads are accepted only with equal answers of so many
 * endpoints, all at a block that they have in common; else CHAIN_DISAGREES. Writes go to the first that takes them.
 */
export function rpcTransport(parameters: RpcTransportParameters): CustomTransport {
  const { urls, chainId, agree = 1, forgetMs = 60_000 } = parameters;
  if (urls.length < agree) {
    throw clientError('CHAIN_DISAGREES', `Agreement of ${agree} needs as many endpoints.`, {
      got: String(urls.length),
    });
  }
  const options =
    urls.length > 1 ? { ...ofSeveral, ...given(parameters) } : { ...parameters, onEvent: aloneIn(parameters) };
  const endpoints = urls.map((url) => new Endpoint(url, chainId, options));
  const ask = watched(agree > 1 ? agreeing(endpoints, agree, forgetMs) : failingOver(endpoints, forgetMs), parameters);
  return custom(
    { request: ({ method, params = [] }: { method: string; params?: readonly unknown[] }) => ask(method, params) },
    { retryCount: 0 },
  );
}

/** One alone is not left for another. */
function aloneIn({ onEvent }: EndpointOptions): EndpointOptions['onEvent'] {
  return (event) => event.type === 'failed' && onEvent?.(event);
}

function given(options: EndpointOptions): EndpointOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Says when no answer comes at all, and when one comes again. */
function watched(ask: AskAll, { onEvent = () => undefined }: EndpointOptions): AskAll {
  let isDown = false;
  const up = () => {
    if (isDown) onEvent({ type: 'up' });
    isDown = false;
  };
  return async (method, params) => {
    try {
      const answer = await ask(method, params);
      up();
      return answer;
    } catch (error) {
      if (isAnswer(error)) up();
      else {
        isDown = true;
        onEvent({ type: 'down', message: error instanceof BaseError ? error.shortMessage : (error as Error).message });
      }
      throw error;
    }
  };
}

type AskAll = (method: string, params: readonly unknown[]) => Promise<unknown>;

/**
 * Asks one after the other until one answers. One alone is never behind: there is nobody to ask instead. A head that was
 * made up would leave all others behind for ever: it counts for a while once who said it fails.
 */
function failingOver(endpoints: readonly Endpoint[], forgetMs: number): AskAll {
  const alone = endpoints.length === 1;
  let highest = 0n;
  let said: { by: Endpoint; at: number } | undefined;
  return async (method, params) => {
    let failure: unknown;
    if (said?.by.isFailing && performance.now() - said.at > forgetMs) [highest, said] = [0n, undefined];
    const heads: bigint[] = [];
    for (const endpoint of endpoints) endpoint.tryAgain((head) => head + maxLag >= highest);
    for (const endpoint of inOrder(endpoints)) {
      try {
        const answer = await endpoint.ask(method, params);
        const head = headIn(method, params, answer);
        if (head !== undefined) heads.push(head);
        if (!alone && head !== undefined && head + maxLag < highest) throw lagging(endpoint, highest, head);
        if (head !== undefined && head >= highest) [highest, said] = [head, { by: endpoint, at: performance.now() }];
        if (!alone && answer === null && isKnown(method, params, highest)) throw lagging(endpoint, highest);
        if (head !== undefined) endpoint.healed();
        return answer;
      } catch (error) {
        if (isAnswer(error)) throw error;
        endpoint.failed(error);
        failure ??= error;
      }
    }
    // Where all of them are behind, the chain is shorter than it was: from the next question on that is so.
    if (heads.length === endpoints.length) highest = heads.reduce((a, b) => (a > b ? a : b));
    throw failure;
  };
}

/** Asks as many as must agree, and others where they do not. */
function agreeing(endpoints: readonly Endpoint[], agree: number, forgetMs: number): AskAll {
  const single = failingOver(endpoints, forgetMs);
  let head: { at: number; number: Promise<bigint> } | undefined;

  async function commonHead(): Promise<bigint> {
    const working = endpoints.filter(({ isFailing }) => !isFailing);
    // One that hangs would hold every answer up; it is tried again beside the others.
    const others = working.length < agree ? endpoints : working;
    const asked = await Promise.allSettled(others.map((endpoint) => headOf(endpoint)));
    const heads = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const common = heads.sort((a, b) => (a < b ? 1 : -1))[agree - 1];
    for (const endpoint of endpoints) endpoint.tryAgain(() => true);
    if (common !== undefined) return common;
    const failed = asked.find((one) => one.status === 'rejected');
    throw tooFew('eth_blockNumber', agree, heads.map(String), failed?.reason);
  }

  async function newest(): Promise<bigint> {
    if (head === undefined || Date.now() - head.at > keptHeadMs) {
      const asked = { at: Date.now(), number: commonHead() };
      head = asked;
      asked.number.catch(() => {
        if (head === asked) head = undefined;
      });
    }
    return await head.number;
  }

  async function vote(method: string, params: readonly unknown[]): Promise<unknown> {
    const votes = new Map<string, { count: number; give: () => unknown }>();
    let failure: unknown;
    const ordered = inOrder(endpoints);
    for (let next = 0; next < ordered.length;) {
      const best = Math.max(0, ...[...votes.values()].map(({ count }) => count));
      const now = ordered.slice(next, next + agree - best);
      next += now.length;
      await Promise.all(
        now.map(async (endpoint) => {
          try {
            const answer = await endpoint.ask(method, params);
            count(votes, textOfAnswer(method, answer), () => answer);
            endpoint.healed();
          } catch (error) {
            if (isAnswer(error)) {
              count(votes, textOfRefusal(error), () => {
                throw error;
              });
            } else {
              endpoint.failed(error);
              failure ??= error;
            }
          }
        }),
      );
      for (const { count: equal, give } of votes.values()) if (equal >= agree) return give();
    }
    throw tooFew(method, agree, [...votes.keys()], failure);
  }

  return async (method, params) => {
    const at = agreedReads[method];
    if (at === undefined) return await single(method, params);
    if (method === 'eth_blockNumber') return numberToHex(await newest());
    for (let attempt = 1; ; attempt++) {
      try {
        return await vote(method, at === null ? params : await pinned(params, at, newest));
      } catch (error) {
        if (attempt >= attempts || !isClientError(error, 'CHAIN_DISAGREES')) throw error;
        await sleep(pauseMs * attempt);
      }
    }
  };
}

async function headOf(endpoint: Endpoint): Promise<bigint> {
  try {
    const head = BigInt((await endpoint.ask('eth_blockNumber', [])) as Hex);
    endpoint.healed();
    return head;
  } catch (error) {
    endpoint.failed(error);
    throw error;
  }
}

function count(votes: Map<string, { count: number; give: () => unknown }>, text: string, give: () => unknown): void {
  votes.set(text, { count: (votes.get(text)?.count ?? 0) + 1, give });
}

/** The newest block by its number: what two endpoints call the newest need not be one block. */
async function pinned(params: readonly unknown[], at: number, newest: () => Promise<bigint>): Promise<unknown[]> {
  const block = params[at];
  const moving = block === undefined || block === 'latest' || block === 'pending';
  return moving ? [...params.slice(0, at), numberToHex(await newest()), ...params.slice(at + 1)] : [...params];
}

/** Those that fail come last. */
function inOrder(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...endpoints].sort((a, b) => Number(a.isFailing) - Number(b.isFailing));
}

function headIn(method: string, params: readonly unknown[], answer: unknown): bigint | undefined {
  if (method === 'eth_blockNumber') return BigInt(answer as Hex);
  if (method !== 'eth_getBlockByNumber' || params[0] !== 'latest' || answer === null) return undefined;
  const { number } = answer as { number?: Hex | null };
  return typeof number === 'string' ? BigInt(number) : undefined;
}

/** Whether a block was asked for that some endpoint has had. */
function isKnown(method: string, [block]: readonly unknown[], highest: bigint): boolean {
  return (
    method === 'eth_getBlockByNumber' && typeof block === 'string' && /^0x/.test(block) && BigInt(block) <= highest
  );
}

function lagging({ name }: Endpoint, highest: bigint, head?: bigint) {
  const got = head === undefined ? 'no such block' : `block ${head}`;
  return clientError('CHAIN_LAGGING', `${name} is behind.`, { expected: `about block ${highest}`, got });
}

function tooFew(method: string, agree: number, answers: readonly string[], cause: unknown) {
  return clientError('CHAIN_DISAGREES', `Fewer than ${agree} endpoints gave one answer to ${method}.`, {
    expected: `${agree} equal answers`,
    got: answers.length === 0 ? 'none' : answers.map((answer) => answer.slice(0, 80)).join(' | '),
    cause,
  });
}
