import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Traffic } from './traffic.ts';

/** Bytes that are handed to a connection at once; what is smaller needs no turns. */
const PIECE = 64 * 2 ** 10;

/** A large answer goes piece by piece, as its reader takes it: what is left of it is counted, and so is how fast it goes. */
export function sendWhole(reply: FastifyReply, value: unknown, traffic: Traffic): Promise<FastifyReply> {
  return sendBytes(reply, Buffer.from(JSON.stringify(value)), traffic);
}

/** While it waits it keeps the bytes alone. */
async function sendBytes(reply: FastifyReply, bytes: Buffer, traffic: Traffic): Promise<FastifyReply> {
  if (bytes.length <= PIECE) return await reply.type('application/json; charset=utf-8').send(bytes);
  const headers = reply.getHeaders() as Record<string, string>;
  const { raw } = reply.hijack();
  raw.writeHead(200, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': bytes.length,
  });
  traffic.owe(raw, bytes.length);
  traffic.look();
  for (let at = 0; at < bytes.length && !raw.destroyed; at += PIECE) {
    const goesOn = raw.write(bytes.subarray(at, at + PIECE));
    traffic.owe(raw, Math.max(0, bytes.length - at - PIECE));
    if (!goesOn) await drained(raw);
  }
  raw.end();
  return reply;
}

/** Until there is room again, or nobody is there. */
export async function drained(raw: ServerResponse): Promise<void> {
  if (raw.destroyed) return;
  await new Promise<void>((done) => {
    const end = () => {
      raw.off('drain', end).off('close', end);
      done();
    };
    raw.once('drain', end).once('close', end);
  });
}
