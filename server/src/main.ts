import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { deploymentSchema } from '@covey/governance/deployment';
import { createServer } from './app.ts';

const usage = `usage: node server/src/main.ts --rpc URL --deployment FILE [options]

  --rpc URL           JSON-RPC of the chain                        COVEY_RPC_URL
  --deployment FILE   addresses as JSON                            COVEY_DEPLOYMENT
  --data DIR          where the server keeps what it holds (data)  COVEY_DATA_DIR
  --public-rpc URL    JSON-RPC as browsers reach it                COVEY_PUBLIC_RPC_URL
  --web DIR           the built web app                            COVEY_WEB_DIST
  --port N            (8080)                                       PORT
  --host HOST         (127.0.0.1)                                  HOST
  --demo              the chain has unlocked test accounts         COVEY_DEMO=1
  PostgreSQL in place of the embedded index: DATABASE_URL`;

const { values } = parseArgs({
  options: {
    rpc: { type: 'string' },
    deployment: { type: 'string' },
    data: { type: 'string' },
    'public-rpc': { type: 'string' },
    web: { type: 'string' },
    port: { type: 'string' },
    host: { type: 'string' },
    demo: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
const { env } = process;
const rpcUrl = values.rpc ?? env.COVEY_RPC_URL;
const deploymentFile = values.deployment ?? env.COVEY_DEPLOYMENT;
if (values.help === true || rpcUrl === undefined || deploymentFile === undefined) {
  console.error(usage);
  process.exit(values.help === true ? 0 : 2);
}

const server = await createServer({
  rpcUrl,
  deployment: deploymentSchema.parse(JSON.parse(await readFile(deploymentFile, 'utf8'))),
  dataDir: values.data ?? env.COVEY_DATA_DIR ?? 'data',
  publicRpcUrl: values['public-rpc'] ?? env.COVEY_PUBLIC_RPC_URL,
  webDist: values.web ?? env.COVEY_WEB_DIST,
  port: Number(values.port ?? env.PORT ?? 8080),
  host: values.host ?? env.HOST ?? '127.0.0.1',
  demo: values.demo ?? env.COVEY_DEMO === '1',
  databaseUrl: env.DATABASE_URL,
  logger: { level: env.LOG_LEVEL ?? 'info' },
});
console.log(`Covey serves ${server.url}`);

// Files are read by our own reader, because the UnixFS exporter loses promises when a nested block is missing or
// malformed. Paths and directories still go through it: whatever it loses is logged and does not end the server.
process.on('unhandledRejection', (reason) => {
  server.app.log.error({ err: reason }, 'unhandled rejection');
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    // What was acknowledged is on the disk already: nothing is lost by not waiting longer.
    setTimeout(() => process.exit(1), 10_000).unref();
    void server.close().then(() => process.exit(0));
  });
}
