// Kills the daemons of whole rounds again and again, as a power cut would, and starts them again. With `--outage SECONDS` the
// RPC endpoint and the IPFS node go away too, as long each time.
// `npm run -s crash -- [--rounds 10] [--kills 200] [--outage 0] [--seed 1] [--out FILE]`: the outcome as JSON, on stdout too.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { crash } from '@covey/nodes/testing/crash';
import { outages } from './crash/outages.ts';

// A signal alone would leave the chain and the daemons running: what ends by exiting takes them with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    outage: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
const given = [values.rounds, values.kills, values.seed, values.outage].map(Number);
const [rounds, kills, seed, outage] = given as [number, number, number, number];
if (!given.every(Number.isSafeInteger) || rounds < 1 || rounds > 100 || kills < 0 || outage < 0 || outage > 600) {
  process.stderr.write(
    'usage: npm run crash -- [--rounds N] [--kills N] [--outage SECONDS] [--seed N] [--out FILE], 1 to 100 rounds\n',
  );
  process.exit(2);
}
const hosts = outage > 0 ? { hosts: outages(outage) } : {};
const outcome = await crash({ rounds, kills, seed, ...hosts, say: (line) => process.stderr.write(`${line}\n`) });
const text = `${JSON.stringify(outcome, null, 2)}\n`;
if (values.out !== undefined) await writeFile(values.out, text);
process.stdout.write(text);
if (outcome.problems.length > 0) process.exitCode = 1;
