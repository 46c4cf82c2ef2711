import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { codecs } from '@covey/protocol';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { CID } from 'multiformats/cid';
import { serverError } from './errors.ts';
import { lockData } from './data-lock.ts';
import { openHub } from './hub/open-hub.ts';
import { hubRoutes } from './hub/routes.ts';
import { urlsOf, configureHttp, publicRpcUrl } from './http.ts';
import type { HttpOptions } from './http.ts';
import { createChainReader } from './indexer/chain.ts';
import { Documents } from './indexer/documents.ts';
import { Indexer } from './indexer/indexer.ts';
import { LiveBus } from './indexer/live.ts';
import { gatewayRoutes } from './ipfs/gateway-routes.ts';
import { IpfsNode } from './ipfs/node.ts';
import { ipfsRpcRoutes } from './ipfs/rpc-routes.ts';
import { apiRoutes } from './routes/api.ts';
import { liveRoutes } from './routes/live.ts';
import { webRoutes } from './routes/web.ts';
import type { DocumentKind, LiveKey } from './schema/index.ts';
import { openStore } from './store/database.ts';
import type { Reader } from './views/reader.ts';

export interface ServerOptions extends HttpOptions {
  /** Folder of everything that the server keeps: `ipfs/`, `hub/` and `index/` (which can be deleted). */
  dataDir: string;
  deployment: Deployment;
  /** 0 lets the system pick. */
  port: number;
  host: string;
  /** Folder of the built web app. */
  webDist?: string | undefined;
  /** PostgreSQL for the index; default: embedded in `dataDir`. */
  databaseUrl?: string | undefined;
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

/** What shows documents of each kind. */
const shownIn: Record<DocumentKind, LiveKey[]> = {
  task: ['tasks', 'nodes', 'listings', 'orders'],
  result: ['tasks', 'nodes', 'accounts/*'],
  metadata: ['proposals'],
  sealed: ['listings', 'orders'],
  card: ['listings'],
  offer: ['hosts'],
};
const VERSION = '0.1.0';
const OUTSIDE_POLL_MS = 10_000;
const DEFAULT_MAX_UPLOAD = 256 * 1024 * 1024;

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
    const chain = createChainReader(urlsOf(options.rpcUrl), deployment);
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
      changed: (_cid, kind) => stale('document', shownIn[kind]),
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

    await configureHttp(app, { ...options, version: VERSION });
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

/** A document's exact bytes: one block for DAG-JSON, a file otherwise. */
async function readDocument(ipfs: IpfsNode, text: string, maxBytes: number): Promise<Uint8Array> {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (cause) {
    throw serverError('IPFS_INVALID_CID', 'not a CID', { got: text, cause });
  }
  if (cid.code !== codecs.dagJson) return ipfs.read(text, maxBytes);
  const bytes = await ipfs.blocks.getBytes(cid);
  if (bytes.length > maxBytes)
    throw serverError('SERVER_TOO_LARGE', `${text} is too large`, { expected: `at most ${maxBytes} bytes` });
  return bytes;
}
