// `npm run fuzz:rounds -- [--rounds 1000000] [--first 1]`: absurd rounds, each scored twice. `--first N --rounds 1` makes
// round N again.
import { parseArgs } from 'node:util';
import { loadNodeCore } from '@covey/wasm-core/node';
import { fuzzRounds } from './round-fuzz.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string' }, first: { type: 'string' } } });
const started = performance.now();
const seconds = (): number => (performance.now() - started) / 1000;
const cores = [await loadNodeCore(), await loadNodeCore({ threads: 2 })] as const;
const { rounds, reached } = await fuzzRounds({
  cores,
  first: Number(values.first ?? 1),
  rounds: Number(values.rounds ?? 1_000_000),
  onProgress: (done) => {
    if (done % 10_000 === 0) console.log(`${done} rounds in ${seconds().toFixed(0)} s`);
  },
});
for (const core of cores) core.close();
for (const [name, count] of Object.entries(reached).sort()) console.log(`${String(count).padStart(9)}  ${name}`);
console.log(`${rounds} rounds, each scored twice, in ${seconds().toFixed(0)} s: no throw, no split`);
