import { numberToHex, type Hex } from 'viem';
import type { Ask, Fault, RpcAnswer, RpcCall } from './rpc-proxy.ts';

/** A log as JSON-RPC has it. */
export interface RawLog extends Record<string, unknown> {
  topics: Hex[];
  data: Hex;
  logIndex: Hex;
  blockHash: Hex;
  blockNumber: Hex;
}
type Range = { fromBlock?: Hex; toBlock?: Hex; blockHash?: Hex };

/** Changes what the endpoint says about logs; where nothing changes, the fault has not appeared. */
export function onLogs(change: (logs: RawLog[], filter: Range) => RawLog[] | undefined): Fault {
  return {
    async answer({ method, params }, ask) {
      if (method !== 'eth_getLogs') return undefined;
      const truth = await ask(method, params);
      if (!('result' in truth)) return undefined;
      const changed = change(truth.result as RawLog[], params[0] as Range);
      return changed && { result: changed };
    },
  };
}

const orNothing = (logs: RawLog[], changed: RawLog[]) => (logs.length === 0 ? undefined : changed);
const refusal = (message: string, code = -32_000): RpcAnswer => ({ error: { code, message } });

/** Gives each log twice. */
export const doubled = (): Fault =>
  onLogs((logs) =>
    orNothing(
      logs,
      logs.flatMap((log) => [log, log]),
    ),
  );

/** Gives logs in the opposite order. */
export const reordered = (): Fault => onLogs((logs) => (logs.length < 2 ? undefined : logs.toReversed()));

/** Leaves one log of this event out, from every answer that has it. */
export const missing = (topic: Hex): Fault =>
  onLogs((logs) => {
    const at = logs.findIndex(({ topics }) => topics[0] === topic);
    return at < 0 ? undefined : logs.toSpliced(at, 1);
  });

/** Leaves out whatever happened in the newest blocks that the answer tells of. */
export const empty = (): Fault => onLogs((logs) => orNothing(logs, []));

/** Adds what a reorganisation took back, marked so: other data in the place of each log, and one beside it. */
export const removed = (): Fault =>
  onLogs((logs) => {
    const gone = logs.map((log) => ({ ...log, data: other(log.data), removed: true }));
    return orNothing(logs, [...gone, ...logs]);
  });

/** Adds another log in the place of the last one. */
export const contradicted = (): Fault =>
  onLogs((logs) => {
    const last = logs.at(-1);
    return last && [...logs, { ...last, data: other(last.data) }];
  });

/** Adds a log of another emitter, which was not asked for. */
export const foreign = (): Fault =>
  onLogs((logs) => {
    const last = logs.at(-1);
    return last && [...logs, { ...last, address: `0x${'66'.repeat(20)}`, logIndex: '0xfff' }];
  });

/** Adds a log that no block has: as the last one, with another first topic of those asked for. */
export const invented = (): Fault =>
  onLogs((logs) => {
    const last = logs.at(-1);
    return (
      last && [
        ...logs,
        { ...last, topics: [...last.topics.slice(0, -1), other(last.topics.at(-1)!)], logIndex: '0xfff' },
      ]
    );
  });

/** Another last byte. */
const other = (hex: Hex): Hex => `${hex.slice(0, -2)}${hex.endsWith('ff') ? '00' : 'ff'}` as Hex;

/** Refuses more blocks at once, in one of the many wordings that providers have. */
export function limited(
  blocks: number,
  message = `eth_getLogs is limited to a ${blocks} block range`,
  code = -32_602,
): Fault {
  return {
    async answer({ method, params }, ask) {
      if (method !== 'eth_getLogs') return undefined;
      const { fromBlock, toBlock, blockHash } = params[0] as Range;
      if (blockHash !== undefined) return undefined;
      const end = toBlock?.startsWith('0x') ? BigInt(toBlock) : await newest(ask);
      const start = fromBlock?.startsWith('0x') ? BigInt(fromBlock) : end;
      return end - start + 1n > BigInt(blocks) ? refusal(message, code) : undefined;
    },
  };
}

/** Refuses to give more logs at once. */
export const limitedResults = (logs: number): Fault => ({
  async answer({ method, params }, ask) {
    if (method !== 'eth_getLogs') return undefined;
    const truth = await ask(method, params);
    const many = 'result' in truth && (truth.result as unknown[]).length > logs;
    return many ? refusal(`query returned more than ${logs} results`, -32_005) : undefined;
  },
});

async function newest(ask: Ask): Promise<bigint> {
  const answer = await ask('eth_blockNumber', []);
  return 'result' in answer ? BigInt(answer.result as Hex) : 0n;
}

/** Where each method names its block. */
const blockParameter: Record<string, number> = {
  eth_getBlockByNumber: 0,
  eth_call: 1,
  eth_getBalance: 1,
  eth_getCode: 1,
  eth_getTransactionCount: 1,
};

/** Knows all but the newest blocks, and answers about those that it does not know as nodes do. */
export function lagging(blocks: number): Fault {
  return {
    async answer(call, ask) {
      const truth = await newest(ask);
      const head = truth > BigInt(blocks) ? truth - BigInt(blocks) : 0n;
      return await answerAt(call, head, ask);
    },
  };
}

/** Behind a balancer: every other answer comes from a node that lags. */
export function swaying(blocks: number): Fault {
  const late = lagging(blocks);
  // Not in turns: where several ask at one pace, one of them would always get the late answers. A linear congruential
  // generator (Numerical Recipes) is the same in each run.
  let state = 1;
  const isLate = (): boolean => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >= 2 ** 31;
  };
  return { answer: async (call, ask) => (isLate() ? await late.answer?.(call, ask) : undefined) };
}

async function answerAt({ method, params }: RpcCall, head: bigint, ask: Ask): Promise<RpcAnswer | undefined> {
  if (method === 'eth_blockNumber') return { result: numberToHex(head) };
  if (method === 'eth_getLogs') {
    const { fromBlock, toBlock, blockHash } = params[0] as Range;
    if (blockHash !== undefined) {
      const block = await ask('eth_getBlockByHash', [blockHash, false]);
      const number = 'result' in block ? (block.result as { number: Hex } | null)?.number : undefined;
      return number !== undefined && BigInt(number) > head ? refusal('unknown block') : undefined;
    }
    if (fromBlock?.startsWith('0x') && BigInt(fromBlock) > head) return { result: [] };
    if (toBlock?.startsWith('0x') && BigInt(toBlock) <= head) return undefined;
    return await ask(method, [{ ...(params[0] as object), toBlock: numberToHex(head) }]);
  }
  if (method === 'eth_getBlockByHash' || method === 'eth_getBlockReceipts') {
    const block = await ask('eth_getBlockByHash', [params[0], false]);
    const number = 'result' in block ? (block.result as { number: Hex } | null)?.number : undefined;
    return number !== undefined && BigInt(number) > head ? { result: null } : undefined;
  }
  const at = blockParameter[method];
  if (at === undefined) return undefined;
  const block = params[at];
  if (block === 'latest' || block === 'pending' || block === undefined) {
    return await ask(method, params.with(at, numberToHex(head)));
  }
  if (typeof block !== 'string' || !block.startsWith('0x') || BigInt(block) <= head) return undefined;
  return method === 'eth_getBlockByNumber' ? { result: null } : refusal('header not found');
}

/** Behind a balancer: every other call of these methods goes to a node on another branch. */
export function forked(otherUrl: string, methods: readonly string[] = ['eth_getLogs']): Fault {
  let turn = 0;
  return {
    async answer({ method, params }) {
      if (!methods.includes(method) || turn++ % 2 === 0) return undefined;
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(otherUrl, { method: 'POST', headers, body });
      const { result, error } = (await response.json()) as {
        result: unknown;
        error?: { code: number; message: string };
      };
      return error ? { error } : { result };
    },
  };
}

/** Ends its answers in the middle. */
export const truncated = (): Fault => ({ body: (body) => ({ body, cut: true }) });

/** Ends its answers in the middle, as if that were the whole. */
export const shortened = (): Fault => ({ body: (body) => ({ body: body.slice(0, body.length / 2) }) });

/** Answers with a page of its hosting provider. */
export const webPage = (): Fault => ({
  body: () => ({ headers: { 'content-type': 'text/html' }, body: '<!doctype html><title>Just a moment</title>' }),
});

/** Answers calls with another kind of value. */
export const garbage = (methods: readonly string[], result: unknown): Fault => ({
  answer: async ({ method }) => (methods.includes(method) ? { result } : undefined),
});

/** Answers each request only after so long. */
export const slow = (delayMs: number): Fault => ({ delayMs });
/** Takes requests and never answers. */
export const silent = (): Fault => ({ silence: 'hang' });
/** Drops every connection. */
export const unreachable = (): Fault => ({ silence: 'drop' });
/** Answers with an HTTP status. */
export const status = (code: number): Fault => ({ body: () => ({ status: code, body: '{}' }) });
