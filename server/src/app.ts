import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { Deployment } from '@covey/contracts/abi/deployment';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyRequest, FastifyServerOptions } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { CID } from 'multiformats/cid';
import { serverError } from './errors.ts';
import { lockData } from './data-lock.ts';
import { openHub } from './hub/open-hub.ts';
import type { SnapshotOptions } from './hub/open-hub.ts';
import { hubRoutes } from './hub/routes.ts';
import { createChainReader } from './indexer/chain.ts';
import { Documents } from './indexer/documents.ts';
import { Indexer } from './indexer/indexer.ts';
import { LiveBus } from './indexer/live.ts';
import { gatewayRoutes } from './ipfs/gateway-routes.ts';
import { IpfsNode } from './ipfs/node.ts';
import { ipfsRpcRoutes } from './ipfs/rpc-routes.ts';
import { apiRoutes } from './routes/api.ts';
import { installErrorHandler } from './routes/errors.ts';
import { liveRoutes } from './routes/live.ts';
import { webRoutes } from './routes/web.ts';
import { apiPrefix } from './schema/index.ts';
import type { LiveKey } from './schema/index.ts';
import { openStore } from './store/database.ts';
import type { Reader } from './views/reader.ts';

export interface ServerOptions {
  /** Folder of everything that the server keeps: `ipfs/`, `hub/` and `index/` (which can be deleted). */
  dataDir: string;
  rpcUrl: string;
  deployment: Deployment;
  /** The RPC as browsers reach it; default: `rpcUrl`. */
  publicRpcUrl?: string | undefined;
  /** 0 lets the system pick. */
  port: number;
  host: string;
  /** Folder of the built web app. */
  webDist?: string | undefined;
  /** A local chain with unlocked test accounts: the page offers them, and loopback is not rate-limited. */
  demo?: boolean | undefined;
  /** PostgreSQL for the index; default: embedded in `dataDir`. */
  databaseUrl?: string | undefined;
  /** The Snapshot space, and which hub its messages come from. */
  snapshot?: SnapshotOptions | undefined;
  /** Largest file in an upload, in bytes. */
  maxUploadBytes?: number | undefined;
  /** Milliseconds between two looks at the chain. */
  pollMs?: number | undefined;
  logger?: FastifyServerOptions['logger'];
}

export interface CoveyServer {
  /** Address without a trailing slash. */
  url: string;
  app: FastifyInstance;
  /** Resolves when everything that the chain holds now is indexed, and its documents were looked for. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

const VERSION = '0.1.0';
const OUTSIDE_POLL_MS = 10_000;
const DEFAULT_MAX_UPLOAD = 256 * 1024 * 1024;
const REQUESTS_A_MINUTE = 3000;
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Starts everything in one process. It holds no key: it can lie to no one who checks, and move nothing. */
export async function createServer(options: ServerOptions): Promise<CoveyServer> {
  const { deployment, demo = false } = options;
  await mkdir(options.dataDir, { recursive: true });
  const closers: (() => Promise<unknown>)[] = [await lockData(options.dataDir)];
  const close = async () => {
    for (const step of closers.splice(0).reverse()) await step();
  };
  try {
    const app = Fastify({
      logger: options.logger ?? false,
      bodyLimit: 1024 * 1024,
      routerOptions: { maxParamLength: 512 },
      forceCloseConnections: true,
    });
    const chain = createChainReader(options.rpcUrl, deployment);
    const ipfs = new IpfsNode(join(options.dataDir, 'ipfs'));
    await ipfs.open();
    const store = await openStore({
      directory: options.databaseUrl === undefined ? join(options.dataDir, 'index') : undefined,
      databaseUrl: options.databaseUrl,
      subject: JSON.stringify(Object.entries(deployment).sort()),
      onRebuild: (reason) => app.log.warn(`building the index anew: ${reason}`),
    });
    closers.push(() => store.close());

    const live = new LiveBus();
    const stale = (type: string, keys: LiveKey[]) => {
      const block = { number: indexer.position?.blockNumber ?? 0, timestamp: indexer.position?.timestamp ?? 0 };
      live.publish('change', { type, keys, block, transactionHash: null });
    };
    const documents = new Documents({
      db: store.db,
      logger: app.log,
      read: async (cid, maxBytes) => readDocument(ipfs, cid, maxBytes),
      changed: (_cid, kind) => stale('document', kind === 'metadata' ? ['proposals'] : ['tasks', 'nodes', 'listings']),
    });
    ipfs.onStored = (cids) => documents.stored(cids);
    const indexer = new Indexer({
      db: store.db,
      chain,
      deployment,
      live,
      logger: app.log,
      want: (wanted) => documents.want(wanted),
      pollMs: options.pollMs ?? (demo ? 250 : 2000),
    });
    const reader: Reader = {
      db: store.db,
      client: chain.client,
      deployment,
      now: () => indexer.position?.timestamp ?? 0,
      block() {
        const { position } = indexer;
        if (position === undefined) throw serverError('SERVER_NOT_READY', 'the index holds no block yet');
        return {
          number: position.blockNumber,
          hash: position.blockHash as `0x${string}`,
          timestamp: position.timestamp,
        };
      },
    };
    const {
      hub,
      intake,
      close: closeHub,
    } = await openHub({
      directory: join(options.dataDir, 'hub'),
      snapshot: options.snapshot ?? {},
      deployment,
      ipfs,
      client: chain.client,
      now: reader.now,
      head: () => indexer.position?.blockNumber ?? 0,
      refresh: () => Promise.race([indexer.caughtUp(), sleep(2_000, undefined, { ref: false })]),
      pollMs: options.pollMs ?? OUTSIDE_POLL_MS,
      logger: app.log,
      changed: (proposals) =>
        stale('snapshot', [
          'delegates/*',
          'stats',
          'snapshot/proposals',
          ...proposals.map((proposal) => `snapshot/proposals/${proposal}` as const),
        ]),
    });
    closers.push(closeHub);

    await configure(app, options);
    await app.register(apiRoutes, {
      reader,
      hub,
      indexer,
      version: VERSION,
      block: (cid) => ipfs.blocks.getBytes(CID.parse(cid)),
      rpcUrl: (request) => publicRpcUrl(options, request),
      config: {
        chainId: deployment.chainId,
        deployment,
        ipfsGateway: '/ipfs',
        ipfsRpc: '/api/v0',
        demo,
        snapshot: {
          space: hub.space,
          sequencer: options.snapshot?.outside?.sequencer ?? '/snapshot',
          graphql: options.snapshot?.outside?.graphql ?? '/graphql',
        },
      },
    });
    await app.register(liveRoutes, { live });
    await app.register(ipfsRpcRoutes, {
      prefix: '/api/v0',
      node: ipfs,
      maxUploadBytes: options.maxUploadBytes ?? DEFAULT_MAX_UPLOAD,
    });
    await app.register(gatewayRoutes, { node: ipfs });
    await app.register(hubRoutes, {
      hub,
      intake,
      chainId: deployment.chainId,
      token: deployment.token,
      dao: deployment.dao,
      name: 'Covey',
      moderators: options.snapshot?.moderators ?? [],
      now: reader.now,
    });
    await webRoutes(app, { dist: options.webDist });

    await chain.checkChain();
    await documents.start();
    closers.push(() => documents.close());
    await indexer.start();
    closers.push(() => indexer.stop());
    const url = await app.listen({ port: options.port, host: options.host });
    closers.push(() => app.close());
    return {
      url,
      app,
      close,
      async caughtUp() {
        await indexer.caughtUp();
        await documents.idle();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function configure(app: FastifyInstance, options: ServerOptions): Promise<void> {
  installErrorHandler(app);
  const rpc = new URL(options.publicRpcUrl ?? options.rpcUrl);
  // Browsers may reach a local chain by either name of this machine.
  const names =
    loopback.has(rpc.hostname) || rpc.hostname === 'localhost' ? ['127.0.0.1', 'localhost'] : [rpc.hostname];
  const port = rpc.port === '' ? '' : `:${rpc.port}`;
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The scorer is WebAssembly, and workers are made from the app's own files.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", ...outsideOrigins(options), ...names.map((name) => `${rpc.protocol}//${name}${port}`)],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Shared memory, and with it the multi-threaded core, exists only on isolated pages.
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    strictTransportSecurity: false,
  });
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: ['etag', 'x-ipfs-path', 'content-range'],
  });
  await app.register(rateLimit, {
    max: REQUESTS_A_MINUTE,
    timeWindow: 60_000,
    allowList: (request) => options.demo === true && loopback.has(request.ip),
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Covey',
        version: VERSION,
        description: 'What chain and IPFS say about this Covey. Every value names the event that it comes from.',
      },
    },
    // IPFS and Snapshot have specifications of their own; here stands what is Covey's.
    transform: (route) =>
      route.url.startsWith(apiPrefix)
        ? jsonSchemaTransform(route)
        : { schema: { ...route.schema, hide: true }, url: route.url },
  });
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

/** Pages post to an outside hub themselves: what they sign never needs this server. */
function outsideOrigins({ snapshot }: ServerOptions): string[] {
  const { outside } = snapshot ?? {};
  return outside === undefined ? [] : [new URL(outside.sequencer).origin, new URL(outside.graphql).origin];
}

/** A loopback address means the reader's own machine: name it as the page was named, so that both agree. */
function publicRpcUrl(options: ServerOptions, request: FastifyRequest): string {
  if (options.publicRpcUrl !== undefined) return options.publicRpcUrl;
  const url = new URL(options.rpcUrl);
  if (loopback.has(url.hostname) && request.hostname === 'localhost') url.hostname = 'localhost';
  return url.href.replace(/\/$/, '');
}

/** A document's exact bytes: one block for DAG-JSON, a file otherwise. */
async function readDocument(ipfs: IpfsNode, text: string, maxBytes: number): Promise<Uint8Array> {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (cause) {
    throw serverError('IPFS_INVALID_CID', 'not a CID', { got: text, cause });
  }
  if (cid.code !== 0x0129) return ipfs.read(text, maxBytes);
  const bytes = await ipfs.blocks.getBytes(cid);
  if (bytes.length > maxBytes)
    throw serverError('SERVER_TOO_LARGE', `${text} is too large`, { expected: `at most ${maxBytes} bytes` });
  return bytes;
}
