import { connect, createServer } from 'node:net';

/** Lets a port of this machine stand for another one; false where it is taken. */
export async function forward(from: number, to: number): Promise<{ stop(): void } | false> {
  const server = createServer((incoming) => {
    const outgoing = connect(to, '127.0.0.1');
    incoming.pipe(outgoing).pipe(incoming);
    // One side that breaks off ends the other.
    incoming.on('error', () => outgoing.destroy());
    outgoing.on('error', () => incoming.destroy());
  });
  return await new Promise((done) => {
    server.once('error', () => done(false));
    server.listen(from, '127.0.0.1', () => done({ stop: () => void server.close() }));
  });
}
