// Kills every daemon of whole rounds again and again, as a power cut would. `npm run -s crash -- --rounds N --seed S`.
import { parseArgs } from 'node:util';
import { crash } from '@covey/nodes/testing/crash';

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
