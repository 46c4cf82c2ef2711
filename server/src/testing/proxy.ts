import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

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
