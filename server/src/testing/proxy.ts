import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Passes HTTP on to another address, until told to fail: an RPC with outages. */
export async function flakyProxy(target: string) {
  let down = false;
  const server = createServer((incoming, outgoing) => {
    if (down) return void incoming.socket.destroy();
    const forwarded = request(target, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set down(value: boolean) {
      down = value;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export interface RpcCall {
  id: number;
  method: string;
  params: unknown[];
}
export type RpcAnswer = { result: unknown } | { error: { code: number; message: string } };

/** An RPC in front of another one, which may answer single calls as it likes. */
export async function alteredRpc(
  target: string,
  alter: (call: RpcCall, ask: (method: string, params: unknown[]) => Promise<RpcAnswer>) => Promise<RpcAnswer>,
) {
  const ask = async (method: string, params: unknown[]): Promise<RpcAnswer> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = (await response.json()) as { result: unknown; error?: { code: number; message: string } };
    return answer.error === undefined ? { result: answer.result } : { error: answer.error };
  };
  const reply = async (call: RpcCall) => ({ jsonrpc: '2.0', id: call.id, ...(await alter(call, ask)) });
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = JSON.parse(await text(incoming)) as RpcCall | RpcCall[];
      const answer = Array.isArray(body) ? await Promise.all(body.map(reply)) : await reply(body);
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
