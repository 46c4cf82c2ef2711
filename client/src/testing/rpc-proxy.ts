import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RpcCall {
  id: number;
  method: string;
  params: unknown[];
}
export type RpcAnswer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };
export type Ask = (method: string, params: unknown[]) => Promise<RpcAnswer>;

/** How an endpoint differs from the truth. */
export interface Fault {
  /** Another answer to a call; undefined: the truth. */
  answer?(call: RpcCall, ask: Ask): Promise<RpcAnswer | undefined>;
  /** Another body than that of the answers; `cut` ends the connection after half of it. */
  body?(body: string): { status?: number; headers?: Record<string, string>; body: string; cut?: boolean };
  /** Never answers, or drops the connection. */
  silence?: 'hang' | 'drop';
  delayMs?: number;
}

export interface RpcProxy {
  url: string;
  /** HTTP requests so far, and calls by method: a batch is one request of many calls. */
  requests: number;
  calls: Map<string, number>;
  /** Plays a fault from now on: always, or in its first so many appearances. Null: the truth. */
  play(fault: Fault | null, times?: number): void;
  /** How often the fault has appeared. */
  readonly played: number;
  stop(): Promise<void>;
}

/** For tests: a JSON-RPC endpoint in front of another one, that plays faults. */
export async function rpcProxy(target: string): Promise<RpcProxy> {
  let fault: Fault | null = null;
  let left = Infinity;
  let played = 0;
  const appears = (): boolean => {
    if (left <= 0) return false;
    left--;
    played++;
    return true;
  };

  const ask: Ask = async (method, params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = (await response.json()) as { result: unknown; error?: { code: number; message: string } };
    return answer.error === undefined ? { result: answer.result } : { error: answer.error };
  };
  const reply = async (call: RpcCall) => {
    proxy.calls.set(call.method, (proxy.calls.get(call.method) ?? 0) + 1);
    const other = left > 0 ? await fault?.answer?.(call, ask) : undefined;
    const answer = other !== undefined && appears() ? other : await ask(call.method, call.params);
    return { jsonrpc: '2.0', id: call.id, ...answer };
  };

  const send = (outgoing: ServerResponse, body: string) => {
    if (!fault?.body || !appears()) {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(body);
      return;
    }
    const { status = 200, headers = {}, body: other, cut = false } = fault.body(body);
    outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
    if (!cut) return void outgoing.end(other);
    outgoing.write(other.slice(0, other.length / 2), () => outgoing.destroy());
  };

  const server = createServer((incoming, outgoing) => {
    void (async () => {
      proxy.requests++;
      const body = JSON.parse(await text(incoming)) as RpcCall | RpcCall[];
      if (fault?.silence && appears()) return fault.silence === 'drop' ? void outgoing.destroy() : undefined;
      if (fault?.delayMs && appears()) await sleep(fault.delayMs);
      send(outgoing, JSON.stringify(Array.isArray(body) ? await Promise.all(body.map(reply)) : await reply(body)));
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    calls: new Map(),
    play(next, times = Infinity) {
      fault = next;
      left = times;
      played = 0;
    },
    get played() {
      return played;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}
