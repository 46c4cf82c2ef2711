import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { SnapshotOptions } from './hub/open-hub.ts';
import { installErrorHandler } from './routes/errors.ts';
import { apiPrefix, docsPath } from './schema/index.ts';

export interface HttpOptions {
  /** JSON-RPC of the chain; several, comma-separated, stand in for each other. */
  rpcUrl: string;
  /** The RPC as browsers reach it; default: `rpcUrl`. */
  publicRpcUrl?: string | undefined;
  /** A local chain with unlocked test accounts: the page offers them, and loopback is not rate-limited. */
  demo?: boolean | undefined;
  /** The Snapshot space, and which hub its messages come from. */
  snapshot?: SnapshotOptions | undefined;
}

const REQUESTS_A_MINUTE = 3000;
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * What holds for every route: errors, headers, rate limits and the API's description. Browsers may reach this server, the
 * chain and an outside hub, and nothing else.
 */
export async function configureHttp(app: FastifyInstance, options: HttpOptions & { version: string }): Promise<void> {
  installErrorHandler(app);
  const rpc = new URL(options.publicRpcUrl ?? urlsOf(options.rpcUrl)[0]!);
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
        version: options.version,
        description: 'What chain and IPFS say about this Covey. Every value names the event that it comes from.',
      },
    },
    // IPFS and Snapshot have specifications of their own; here stands what is Covey's.
    transform: (route) =>
      route.url.startsWith(apiPrefix)
        ? jsonSchemaTransform(route)
        : { schema: { ...route.schema, hide: true }, url: route.url },
  });
  await app.register(swaggerUi, { routePrefix: docsPath, staticCSP: true });
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
}

/** Pages post to an outside hub themselves: what they sign never needs this server. */
function outsideOrigins({ snapshot }: HttpOptions): string[] {
  const { outside } = snapshot ?? {};
  return outside === undefined ? [] : [new URL(outside.sequencer).origin, new URL(outside.graphql).origin];
}

/** A loopback address means the reader's own machine: name it as the page was named, so that both agree. */
export function publicRpcUrl(options: HttpOptions, request: FastifyRequest): string {
  if (options.publicRpcUrl !== undefined) return options.publicRpcUrl;
  const url = new URL(urlsOf(options.rpcUrl)[0]!);
  if (loopback.has(url.hostname) && request.hostname === 'localhost') url.hostname = 'localhost';
  return url.href.replace(/\/$/, '');
}

/** Several endpoints are written with commas between them. */
export const urlsOf = (rpcUrl: string): string[] => rpcUrl.split(',').map((url) => url.trim());
