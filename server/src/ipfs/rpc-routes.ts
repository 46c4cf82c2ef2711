import { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ImportCandidate } from 'ipfs-unixfs-importer';
import * as dagJson from '@ipld/dag-json';
import type { CID } from 'multiformats/cid';
import { base36 } from 'multiformats/bases/base36';
import { messageOf, serverError } from '../errors.ts';
import { answerable } from '../routes/errors.ts';
import { MAX_BLOCK_BYTES, parseAnyCid } from './node.ts';
import type { IpfsNode } from './node.ts';
import { parseAddOptions, queryFlag, queryText } from './profile.ts';
import type { QueryValues } from './profile.ts';

export interface RpcOptions {
  node: IpfsNode;
  /** Largest upload in one request. */
  maxUploadBytes: number;
}

const codecNumbers: Record<string, number> = {
  raw: 0x55,
  'dag-pb': 0x70,
  protobuf: 0x70,
  v0: 0x70,
  'dag-json': 0x0129,
  'dag-cbor': 0x71,
  cbor: 0x71,
};

/** The part of Kubo's RPC (https://docs.ipfs.tech/reference/kubo/rpc/) that clients use to add and read content. */
export async function ipfsRpcRoutes(app: FastifyInstance, { node, maxUploadBytes }: RpcOptions): Promise<void> {
  await app.register(multipart, {
    throwFileSizeLimit: false,
    limits: { fileSize: maxUploadBytes, files: 1000, fields: 100, parts: 1100, headerPairs: 200 },
  });
  // Kubo's calls are POSTs without a body, with whatever content type the client thinks of.
  app.addContentTypeParser('*', { bodyLimit: 4096, parseAs: 'string' }, (_request, _body, done) => done(null));
  app.setErrorHandler(async (error: Error, _request, reply) => sendKuboError(reply, error));

  const post = (
    path: string,
    handler: (query: QueryValues, request: FastifyRequest, reply: FastifyReply) => unknown,
  ) => {
    app.post(path, async (request, reply) => handler(request.query as QueryValues, request, reply));
    app.get(path, async () => {
      throw serverError('SERVER_METHOD_NOT_ALLOWED', 'the Kubo RPC answers POST only');
    });
  };

  post('/add', async (query, request, reply) => {
    const options = parseAddOptions(query);
    const added = await node.add(uploads(request, maxUploadBytes), options);
    if (added.length === 0) throw serverError('SERVER_INVALID_ARGUMENT', 'the request holds no file');
    const lines = added.map(({ path, cid, size }) => {
      const hash = cid.toString();
      return JSON.stringify({ Name: path === '' ? hash : path, Hash: hash, Size: size.toString() });
    });
    return reply
      .type('application/json')
      .header('x-chunked-output', '1')
      .send(`${lines.join('\n')}\n`);
  });

  post('/cat', async (query, _request, reply) => {
    const entry = await node.resolve(argument(query));
    const range = { offset: optionalInteger(query, 'offset'), length: optionalInteger(query, 'length') };
    return reply
      .type('application/octet-stream')
      .header('x-stream-output', '1')
      .send(await started(node.content(entry, range)));
  });

  post('/block/put', async (query, request) => {
    const codec = queryText(query, 'cid-codec') ?? queryText(query, 'format') ?? 'raw';
    const number = codecNumbers[codec];
    if (number === undefined)
      throw serverError('IPFS_UNSUPPORTED', 'unknown block codec', {
        got: codec,
        expected: Object.keys(codecNumbers).join(', '),
      });
    requireSha256(queryText(query, 'mhtype'));
    const bytes = await oneUpload(request, MAX_BLOCK_BYTES);
    const cid = await node.putBlock(number, bytes, queryFlag(query, 'pin', false));
    return { Key: cid.toString(), Size: bytes.length };
  });

  post('/block/get', async (query, _request, reply) => {
    const bytes = await node.blocks.getBytes(parseAnyCid(argument(query)));
    return reply.type('application/octet-stream').send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  });

  post('/block/stat', async (query) => {
    const cid = parseAnyCid(argument(query));
    return { Key: cid.toString(), Size: (await node.blocks.getBytes(cid)).length };
  });

  post('/dag/put', async (query, request) => {
    const input = queryText(query, 'input-codec') ?? 'dag-json';
    const store = queryText(query, 'store-codec') ?? 'dag-cbor';
    if (input !== 'dag-json' || store !== 'dag-json') {
      throw serverError('IPFS_UNSUPPORTED', 'dag/put stores dag-json only', {
        expected: 'input-codec=dag-json and store-codec=dag-json',
        got: `${input} and ${store}`,
        hint: 'use block/put for a block that is already encoded',
      });
    }
    requireSha256(queryText(query, 'hash'));
    const bytes = await oneUpload(request, MAX_BLOCK_BYTES);
    const cid = await node.putBlock(
      codecNumbers['dag-json'] as number,
      dagJson.encode(decodeDagJson(bytes)),
      queryFlag(query, 'pin', true),
    );
    return { Cid: { '/': cid.toString() } };
  });

  post('/dag/get', async (query, _request, reply) => {
    const cid = parseAnyCid(argument(query));
    const bytes = await node.blocks.getBytes(cid);
    if (cid.code !== codecNumbers['dag-json'])
      throw serverError('IPFS_UNSUPPORTED', 'dag/get reads dag-json only', {
        got: `codec 0x${cid.code.toString(16)}`,
      });
    return reply.type('application/json').send(Buffer.from(bytes));
  });

  post('/pin/add', async (query) => {
    const cid = await pinnable(node, argument(query));
    const recursive = queryFlag(query, 'recursive', true);
    await node.pins.add({ cid, type: recursive ? 'recursive' : 'direct', name: queryText(query, 'name') ?? '' });
    return { Pins: [cid] };
  });

  post('/pin/rm', async (query) => {
    const cid = parseAnyCid(argument(query)).toString();
    if (!(await node.pins.remove(cid)))
      throw serverError('IPFS_NOT_FOUND', 'not pinned or pinned indirectly', { got: cid });
    return { Pins: [cid] };
  });

  post('/pin/ls', async (query, _request, reply) => {
    const wanted = [query.arg ?? []].flat().map((text) => parseAnyCid(text).toString());
    const type = queryText(query, 'type') ?? 'all';
    for (const cid of wanted) {
      if (node.pins.get(cid) === undefined) throw serverError('IPFS_NOT_FOUND', `path '${cid}' is not pinned`);
    }
    const pins = node.pins
      .list()
      .filter((pin) => (wanted.length === 0 || wanted.includes(pin.cid)) && (type === 'all' || type === pin.type));
    if (queryFlag(query, 'stream', false)) {
      const lines = pins.map((pin) => JSON.stringify({ Cid: pin.cid, Type: pin.type, Name: pin.name }));
      return reply.type('application/json').send(lines.map((line) => `${line}\n`).join(''));
    }
    return { Keys: Object.fromEntries(pins.map((pin) => [pin.cid, { Type: pin.type, Name: pin.name }])) };
  });

  post('/version', () => ({
    Version: '0.38.0',
    Commit: 'covey-embedded',
    Repo: '18',
    System: `${process.arch}/${process.platform}`,
    Golang: 'none',
  }));
  post('/id', () => ({
    ID: PEER_ID,
    PublicKey: '',
    Addresses: [],
    AgentVersion: 'covey-embedded/0.1.0',
    Protocols: [],
  }));
  post('/swarm/peers', () => ({ Peers: [] }));
  app.post('/*', async (request) => {
    throw serverError('SERVER_NOT_FOUND', 'this node does not offer this call of the Kubo RPC', {
      got: request.url.split('?')[0],
    });
  });
}

/** The embedded node speaks to no peer and so holds no key; clients only want an identifier of the right shape. */
const PEER_ID = base36.encode(
  Uint8Array.from([1, 0x72, 0, 36, 8, 1, 18, 32, ...new TextEncoder().encode('covey embedded ipfs, no network!')]),
);

async function* uploads(request: FastifyRequest, maxBytes: number): AsyncGenerator<ImportCandidate> {
  if (!request.isMultipart()) throw serverError('SERVER_INVALID_ARGUMENT', 'the body is not multipart/form-data');
  for await (const part of request.parts()) {
    if (part.type !== 'file') continue;
    const path = decodePath(part.filename);
    if (part.mimetype === 'application/x-directory') {
      part.file.resume();
      yield { path };
      continue;
    }
    yield { ...(path === '' ? {} : { path }), content: limited(part.file, maxBytes) };
  }
}

async function* limited(
  file: AsyncIterable<Uint8Array> & { truncated?: boolean },
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) yield chunk;
  if (file.truncated) {
    throw serverError('SERVER_TOO_LARGE', 'the upload is too large', {
      expected: `at most ${maxBytes} bytes a file`,
    });
  }
}

async function oneUpload(request: FastifyRequest, maxBytes: number): Promise<Uint8Array> {
  if (!request.isMultipart()) throw serverError('SERVER_INVALID_ARGUMENT', 'the body is not multipart/form-data');
  const part = await request.file({ limits: { fileSize: maxBytes } });
  if (part === undefined) throw serverError('SERVER_INVALID_ARGUMENT', 'the request holds no block');
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(part.file, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Reads the first chunk before the status is sent, so that what is missing is answered as an error. */
async function started(source: AsyncGenerator<Uint8Array>): Promise<Readable> {
  const first = await source.next();
  return Readable.from(
    (async function* () {
      if (first.done) return;
      yield first.value;
      yield* source;
    })(),
    { objectMode: false },
  );
}

function decodePath(filename: string): string {
  try {
    return decodeURIComponent(filename);
  } catch {
    return filename;
  }
}

function argument(query: QueryValues): string {
  const value = queryText(query, 'arg');
  if (value === undefined || value === '')
    throw serverError('SERVER_INVALID_ARGUMENT', 'argument "ipfs-path" is required');
  return value;
}

function optionalInteger(query: QueryValues, name: string): number | undefined {
  const text = queryText(query, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw serverError('SERVER_INVALID_ARGUMENT', `option ${name} is not a whole number`, { got: text });
  return Number(text);
}

function requireSha256(hash: string | undefined): void {
  if (hash !== undefined && hash !== 'sha2-256')
    throw serverError('IPFS_UNSUPPORTED', 'this node stores sha2-256 only', { got: hash });
}

function decodeDagJson(bytes: Uint8Array): unknown {
  try {
    return dagJson.decode(bytes);
  } catch (cause) {
    throw serverError('SERVER_INVALID_ARGUMENT', 'not DAG-JSON', { got: messageOf(cause), cause });
  }
}

async function pinnable(node: IpfsNode, text: string): Promise<string> {
  const cid: CID = parseAnyCid(text.replace(/^\/ipfs\//, ''));
  await node.blocks.getBytes(cid);
  return cid.toString();
}

/** Kubo answers every error as `{Message, Code, Type}`; clients show the message. Our code stands in front of it. */
function sendKuboError(reply: FastifyReply, thrown: Error): FastifyReply {
  const { error, status } = answerable(thrown);
  if (status >= 500) reply.log.error(thrown);
  const message = `${error.code}: ${error.message}`;
  return reply.status(status).type('application/json').send({ Message: message, Code: 0, Type: 'error' });
}
