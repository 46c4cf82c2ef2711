import { Readable } from 'node:stream';
import { CarWriter } from '@ipld/car';
import * as dagJson from '@ipld/dag-json';
import * as dagPb from '@ipld/dag-pb';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CID } from 'multiformats/cid';
import { serverError } from '../errors.ts';
import { sizeOf } from './content.ts';
import { parseAnyCid } from './node.ts';
import type { IpfsNode } from './node.ts';
import { parseRange } from './range.ts';

const RAW = 'application/vnd.ipld.raw';
const CAR = 'application/vnd.ipld.car';
const CODEC_DAG_PB = 0x70;
const CODEC_DAG_JSON = 0x0129;

type Format = 'raw' | 'car' | 'bytes';

/**
 * A gateway (https://specs.ipfs.tech/http-gateways/): blocks and CAR archives that the client checks itself, and plain
 * bytes. It serves what this node holds and answers 404 at once for the rest. Content is never run by a browser on this
 * origin: no HTML type, no sniffing, an empty sandbox.
 */
export async function gatewayRoutes(app: FastifyInstance, { node }: { node: IpfsNode }): Promise<void> {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/ipfs/*',
    handler: async (request, reply) => {
      const path = (request.params as { '*': string })['*'];
      const [root = '', ...rest] = path.split('/');
      const cid = parseAnyCid(root);
      reply.headers({
        'x-ipfs-path': `/ipfs/${path}`,
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
        'cross-origin-resource-policy': 'cross-origin',
        vary: 'Accept',
      });
      const format = requestedFormat(request);
      if (format === 'car') return sendCar(reply, request, node, await target(node, cid, rest));
      if (format === 'raw') return sendRaw(reply, request, node, await target(node, cid, rest));
      return sendBytes(reply, request, node, path);
    },
  });
}

async function target(node: IpfsNode, cid: CID, rest: string[]): Promise<CID> {
  const inside = rest.filter((part) => part !== '');
  if (inside.length === 0) return cid;
  return CID.parse((await node.resolve([cid.toString(), ...inside].join('/'))).cid.toString());
}

function requestedFormat(request: FastifyRequest): Format {
  const { format } = request.query as { format?: string };
  if (format === 'raw' || format === 'car') return format;
  if (format !== undefined) {
    throw serverError('IPFS_UNSUPPORTED', 'unknown gateway format', {
      expected: 'raw or car',
      got: String(format),
    });
  }
  const accept = request.headers.accept ?? '';
  if (accept.includes(RAW)) return 'raw';
  if (accept.includes(CAR)) return 'car';
  return 'bytes';
}

/** Whether the client's copy is still good: content under a CID never changes. */
function notModified(request: FastifyRequest, reply: FastifyReply, etag: string): boolean {
  reply.headers({ etag, 'cache-control': 'public, max-age=29030400, immutable' });
  const sent = request.headers['if-none-match'];
  return (
    sent !== undefined &&
    (sent === '*' || sent.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag.replace(/^W\//, '')))
  );
}

/** One block as it is stored: who asks for it hashes it, and shall see when it was altered. */
async function sendRaw(reply: FastifyReply, request: FastifyRequest, node: IpfsNode, cid: CID): Promise<FastifyReply> {
  const { bytes, intact } = await node.blocks.readStored(cid);
  if (!intact) {
    request.log.error({ cid: cid.toString() }, 'a stored block does not match its CID');
    reply.header('cache-control', 'no-store');
  } else if (notModified(request, reply, `"${cid}.raw"`)) return reply.status(304).send();
  reply.headers({
    'content-type': RAW,
    'content-length': bytes.length,
    'content-disposition': `attachment; filename="${cid}.bin"`,
  });
  return reply.send(request.method === 'HEAD' ? null : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}

async function sendCar(reply: FastifyReply, request: FastifyRequest, node: IpfsNode, cid: CID): Promise<FastifyReply> {
  await node.blocks.getBytes(cid);
  if (notModified(request, reply, `W/"${cid}.car"`)) return reply.status(304).send();
  reply.headers({
    'content-type': `${CAR}; version=1; order=dfs; dups=n`,
    'content-disposition': `attachment; filename="${cid}.car"`,
  });
  if (request.method === 'HEAD') return reply.send(null);
  const { writer, out } = CarWriter.create([cid]);
  const body = Readable.from(out, { objectMode: false });
  const seen = new Set<string>();
  const write = async (current: CID): Promise<void> => {
    if (seen.has(current.toString())) return;
    seen.add(current.toString());
    const bytes = await node.blocks.getBytes(current);
    await writer.put({ cid: current, bytes });
    for (const link of linksOf(current, bytes)) await write(link);
  };
  write(cid)
    .then(() => writer.close())
    .catch((error: unknown) => body.destroy(error instanceof Error ? error : new Error(String(error))));
  return reply.send(body);
}

function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  if (cid.code === CODEC_DAG_PB) return dagPb.decode(bytes).Links.map((link) => link.Hash);
  if (cid.code !== CODEC_DAG_JSON) return [];
  const links: CID[] = [];
  const visit = (value: unknown): void => {
    const link = CID.asCID(value);
    if (link !== null) links.push(link);
    else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
      Object.values(value).forEach(visit);
  };
  visit(dagJson.decode(bytes));
  return links;
}

async function sendBytes(
  reply: FastifyReply,
  request: FastifyRequest,
  node: IpfsNode,
  path: string,
): Promise<FastifyReply> {
  const entry = await node.resolve(path);
  const cid = CID.parse(entry.cid.toString());
  if (entry.type === 'directory') {
    const names = await node.list(cid);
    if (notModified(request, reply, `W/"${cid}.dir"`)) return reply.status(304).send();
    return reply.type('application/json').send({ entries: names });
  }
  const size = sizeOf(entry);
  if (notModified(request, reply, `"${cid}"`)) return reply.status(304).send();
  const json = cid.code === CODEC_DAG_JSON;
  reply.headers({ 'content-type': json ? 'application/json' : contentType(path), 'accept-ranges': 'bytes' });
  const range = parseRange(request.headers.range, size);
  if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${size}`).send();
  if (range !== undefined) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${size}`);
  const start = range?.start ?? 0;
  const length = range === undefined ? size : range.end - range.start + 1;
  reply.header('content-length', length);
  if (request.method === 'HEAD') return reply.send(null);
  return reply.send(Readable.from(node.content(entry, { offset: start, length }), { objectMode: false }));
}

const types: Record<string, string> = {
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
  md: 'text/plain; charset=utf-8',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};

function contentType(path: string): string {
  return types[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
