// Kills every daemon of whole rounds again and again, as a power cut would. `npm run -s crash -- --rounds N --seed S`.
import { parseArgs } from 'node:util';
import { crash } from '@covey/nodes/testing/crash';

// A signal alone would leave the chain and the daemons running: what ends by exiting takes them with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '8' }, seed: { type: 'string', default: '1' } },
});
const outcome = await crash({
  rounds: Number(values.rounds),
  seed: Number(values.seed),
  say: (line) => console.log(line),
});
console.log(`${outcome.kills} kills in ${outcome.rounds} rounds, ${outcome.problems.length} problems`);
if (outcome.problems.length > 0) process.exitCode = 1;
