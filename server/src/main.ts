import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { deploymentSchema } from '@covey/governance/deployment';
import { getAddress } from 'viem';
import { createServer } from './app.ts';
import { outsideHub } from './hub/open-hub.ts';

const usage = `usage: node server/src/main.ts --rpc URL --deployment FILE [options]

  --rpc URL,URL       JSON-RPC of the chain, the first preferred   COVEY_RPC_URL
  --deployment FILE   addresses as JSON                            COVEY_DEPLOYMENT
  --data DIR          where the server keeps what it holds (data)  COVEY_DATA_DIR
  --public-rpc URL    JSON-RPC as browsers reach it                COVEY_PUBLIC_RPC_URL
  --web DIR           the built web app                            COVEY_WEB_DIST
  --port N            (8080)                                       PORT
  --host HOST         (127.0.0.1)                                  HOST
  --snapshot-space ID        (covey.eth)                       COVEY_SNAPSHOT_SPACE
  --snapshot-moderators A,B  accounts that may flag proposals  COVEY_SNAPSHOT_MODERATORS
  --snapshot-sequencer URL   an outside hub in place of the    COVEY_SNAPSHOT_SEQUENCER
  --snapshot-graphql URL     embedded one: all three, the      COVEY_SNAPSHOT_GRAPHQL
  --snapshot-gateway URL     last an IPFS gateway              COVEY_SNAPSHOT_GATEWAY
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
    'snapshot-space': { type: 'string' },
    'snapshot-moderators': { type: 'string' },
    'snapshot-sequencer': { type: 'string' },
    'snapshot-graphql': { type: 'string' },
    'snapshot-gateway': { type: 'string' },
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

const outside = {
  sequencer: values['snapshot-sequencer'] ?? env.COVEY_SNAPSHOT_SEQUENCER,
  graphql: values['snapshot-graphql'] ?? env.COVEY_SNAPSHOT_GRAPHQL,
  gateway: values['snapshot-gateway'] ?? env.COVEY_SNAPSHOT_GATEWAY,
};
const moderators = values['snapshot-moderators'] ?? env.COVEY_SNAPSHOT_MODERATORS;

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
  snapshot: {
    space: values['snapshot-space'] ?? env.COVEY_SNAPSHOT_SPACE,
    moderators: moderators?.split(',').map((one) => getAddress(one.trim())),
    outside: outsideHub(outside),
  },
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
