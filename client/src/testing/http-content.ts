import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isClientError } from '../errors.ts';
import type { MemoryStore } from './memory-store.ts';

export interface HttpContent {
  url: string;
  /** Requests so far, as `POST /api/v0/add?…`. */
  requests: string[];
  /** Serve other bytes than asked for, as a lying store. */
  lie: boolean;
  /** Serve what is stored, whatever it hashes to. */
  unchecked: boolean;
  /** Never answer. */
  hang: boolean;
  stop(): Promise<void>;
}

const codecNumbers: Record<string, number> = { raw: 0x55, 'dag-pb': 0x70, 'dag-json': 0x0129 };

/**
 * For tests: as much of the Kubo RPC (https://docs.ipfs.tech/reference/kubo/rpc/) and of a trustless gateway as Covey
 * uses, over blocks in memory, on a port of its own.
 */
export async function serveContent(store: MemoryStore): Promise<HttpContent> {
  const server = createServer((request, response) => {
    content.requests.push(`${request.method} ${request.url}`);
    if (content.hang) return;
    void (async () => {
      const url = new URL(request.url!, 'http://host');
      const bytes = async (cid: string) => {
        const block = content.unchecked ? await store.stored(cid) : await store.getBlock(cid);
        return content.lie ? Buffer.concat([block, Buffer.from('!')]) : block;
      };
      try {
        if (url.pathname.startsWith('/ipfs/')) {
          const block = await bytes(url.pathname.slice('/ipfs/'.length));
          response.writeHead(200, { 'content-type': 'application/vnd.ipld.raw' });
          response.end(block);
          return;
        }
        switch (url.pathname) {
          case '/api/v0/add': {
            const file = await upload(request);
            const cid = await store.add(file);
            response.writeHead(200, { 'content-type': 'application/json' });
            response.end(`${JSON.stringify({ Name: cid, Hash: cid, Size: String(file.byteLength) })}\n`);
            return;
          }
          case '/api/v0/block/put': {
            const file = await upload(request);
            const codec = codecNumbers[url.searchParams.get('cid-codec') ?? ''];
            const cid = await store.putBlock(codec!, file);
            response.writeHead(200, { 'content-type': 'application/json' });
            response.end(JSON.stringify({ Key: cid, Size: file.byteLength }));
            return;
          }
          case '/api/v0/pin/add': {
            const cid = url.searchParams.get('arg')!;
            await store.pin(cid);
            response.writeHead(200, { 'content-type': 'application/json' });
            response.end(JSON.stringify({ Pins: [cid] }));
            return;
          }
          case '/api/v0/block/get':
            response.end(await bytes(url.searchParams.get('arg')!));
            return;
          default:
            response.writeHead(404).end();
        }
      } catch (error) {
        const missing = isClientError(error, 'CONTENT_NOT_FOUND');
        if (url.pathname.startsWith('/ipfs/')) {
          response.writeHead(missing ? 404 : 500).end(String(error));
          return;
        }
        // Kubo answers every failure with 500 and a message.
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ Message: missing ? 'block was not found locally' : String(error), Type: 'error' }),
        );
      }
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const content: HttpContent = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    lie: false,
    unchecked: false,
    hang: false,
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
  return content;
}

/** The only file of a multipart body. */
async function upload(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const boundary = /boundary=(?:"([^"]+)"|([^;]+))/.exec(request.headers['content-type'] ?? '');
  const edge = `--${boundary?.[1] ?? boundary?.[2]}`;
  const start = body.indexOf('\r\n\r\n', body.indexOf(edge)) + 4;
  const end = body.indexOf(`\r\n${edge}`, start);
  return Uint8Array.from(body.subarray(start, end));
}
