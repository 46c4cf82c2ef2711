import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeError } from '../errors.ts';

export interface MetricsServer {
  url: string;
  stop(): void;
}

export interface MetricsParameters {
  host: string;
  /** 0 is any free one. */
  port: number;
  metrics: () => string;
  /** What keeps the daemon from its work; empty when it is ready. */
  notReady: () => readonly string[];
}

/** Serves `/metrics`, `/healthz` (alive: it answers) and `/readyz` (503 with the reasons while it cannot work). */
export async function serveMetrics({ host, port, metrics, notReady }: MetricsParameters): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const say = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(request.method === 'HEAD' ? undefined : body);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'text/plain', 'GET only\n');
    const reasons = notReady();
    switch (request.url?.split('?', 1)[0]) {
      case '/metrics':
        return say(200, 'text/plain; version=0.0.4; charset=utf-8', metrics());
      case '/healthz':
        return say(200, 'application/json', `${JSON.stringify({ alive: true })}\n`);
      case '/readyz':
        return say(
          reasons.length === 0 ? 200 : 503,
          'application/json',
          `${JSON.stringify({ ready: reasons.length === 0, reasons })}\n`,
        );
      default:
        return say(404, 'text/plain', '/metrics, /healthz or /readyz\n');
    }
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (cause) =>
      fail(nodeError('CONFIG_INVALID', `Metrics cannot be served on ${host}:${port}.`, { got: cause.message, cause })),
    );
    server.listen(port, host, done);
  });
  // A scraper that goes quiet holds nothing up.
  server.unref();
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
