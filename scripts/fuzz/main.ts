// `npm run fuzz -- [--runs 1000000] [--seed 1]`: hostile inputs for the safetensors parser, the decoders and the core.
import { parseArgs } from 'node:util';
import { loadNodeCore } from '@covey/wasm-core/node';
import { fuzz } from './fuzz.ts';

const { values } = parseArgs({ options: { runs: { type: 'string' }, seed: { type: 'string' } } });
const started = performance.now();
const { runs, seed, outcomes, reached } = await fuzz(
  await loadNodeCore(),
  Number(values.runs ?? 1_000_000),
  Number(values.seed ?? 1),
);
for (const [outcome, count] of [...Object.entries(outcomes).sort(), ...Object.entries(reached).sort()])
  console.log(`${String(count).padStart(9)}  ${outcome}`);
const seconds = (performance.now() - started) / 1000;
console.log(`${runs} inputs of seed ${seed} in ${seconds.toFixed(0)} s: no crash, no hang, nothing broken taken`);
