// How much a host takes: clients at once, with latencies and refusals, and vouchers verified on one core.
// `node scripts/host-load.ts [--clients 200] [--rounds 3]`
import { parseArgs } from 'node:util';
import { measureHost, measureVouchers } from '@covey/nodes/testing/host-load';

const { values } = parseArgs({ options: { clients: { type: 'string' }, rounds: { type: 'string' } } });
const vouchers = measureVouchers(2_000);
process.stdout.write(`vouchers: ${Math.round(vouchers)} verified a second on one core, hashed and recovered\n`);
const { answered, busy, lost, tries, p50, p99, perSecond, together } = await measureHost({
  clients: Number(values.clients ?? 200),
  rounds: Number(values.rounds ?? 3),
});
process.stdout.write(
  `answers: ${answered} of ${answered + lost}, ${lost} lost; ${busy} times told to come back, ${tries} requests\n` +
    `latency of an answer, waiting for the turn included: p50 ${p50} ms, p99 ${p99} ms; ${perSecond} answers a second, ` +
    `${together} computed together on average\n`,
);
if (lost > 0) process.exitCode = 1;
