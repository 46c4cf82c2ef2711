import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const mebibyte = 1024 * 1024;

/** What a content server can do instead of serving a block. */
export const misdeeds = {
  'states 3 MiB, sends the block and closes': (response, block) => {
    response.writeHead(200, { 'content-length': 3 * mebibyte });
    response.write(block, () => response.destroy());
  },
  'sends 3 MiB': (response) => response.writeHead(200).end(new Uint8Array(3 * mebibyte)),
  'sends the block and 3 MiB more': (response, block) =>
    response.writeHead(200).end(Buffer.concat([block, new Uint8Array(3 * mebibyte)])),
  'sends without end': (response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write(new Uint8Array(65_536)));
    };
    response.on('drain', more);
    more();
  },
  'closes in the middle of the body': (response, block) => {
    response.writeHead(200, { 'content-length': block.byteLength });
    response.write(block.subarray(0, block.byteLength / 2), () => response.destroy());
  },
  'closes before it answers': (response) => response.destroy(),
  'stops in the middle of the body': (response, block) => {
    response.writeHead(200, { 'content-length': block.byteLength });
    response.write(block.subarray(0, block.byteLength / 2));
  },
  'shows a page instead': (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Log in</h1>'),
  'shows an error page': (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Busy</h1>'),
  'answers that it is too large': (response) => response.writeHead(413).end('content too large'),
  'sends nothing': (response) => response.writeHead(200).end(),
  'changes a byte': (response, block) => response.writeHead(200).end(block.with(0, block[0]! ^ 1)),
} satisfies Record<string, (response: ServerResponse, block: Uint8Array) => void>;

export type Misdeed = keyof typeof misdeeds;

export interface HostileContent {
  url: string;
  /** What is done to each request for a block of these CIDs. */
  hit: Map<string, Misdeed>;
  stop(): Promise<void>;
}

/** For tests: a gateway and Kubo RPC for reading that serves blocks, and does to some of them what servers can do. */
export async function serveHostileContent(block: (cid: string) => Promise<Uint8Array>): Promise<HostileContent> {
  const hit = new Map<string, Misdeed>();
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://host');
    const cid = url.searchParams.get('arg') ?? url.pathname.slice('/ipfs/'.length);
    void block(cid).then(
      (bytes) => {
        const misdeed = hit.get(cid);
        if (misdeed === undefined) response.writeHead(200).end(bytes);
        else misdeeds[misdeed](response, bytes);
      },
      () => response.writeHead(404).end('not found'),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hit,
    stop() {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
