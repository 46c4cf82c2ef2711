import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drandRandomness } from '@covey/protocol';
import type { Hex } from 'viem';

export interface BeaconRelay {
  url: string;
  stop(): Promise<void>;
}

/** A relay of a drand network over HTTP, as public ones answer: `/<chain>/public/<round>`. Port 0 is any free one. */
export async function serveBeacon(sign: (round: bigint) => Hex, port = 0): Promise<BeaconRelay> {
  const server = createServer((request, response) => {
    const round = /\/public\/([1-9]\d*)$/.exec(request.url ?? '')?.[1];
    if (round === undefined) return void response.writeHead(404).end();
    const signature = sign(BigInt(round));
    const randomness = drandRandomness(signature);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ round: Number(round), randomness: randomness.slice(2), signature: signature.slice(2) }),
    );
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
