import { rules, shardRules } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { expect, it } from 'vitest';
import { fuzzRounds } from './round-fuzz.ts';

it('absurd rounds have one result, whatever the threads and whatever arrives first', async () => {
  const cores = [await loadNodeCore(), await loadNodeCore({ threads: 2 })] as const;
  const { reached } = await fuzzRounds({ cores, first: 1, rounds: 300 });
  for (const core of cores) core.close();
  const verdicts = [
    'valid',
    'no-contribution',
    'not-finite',
    'duplicate',
    'wrong-tensors',
    'not-safetensors',
    'shard-invalid',
  ];
  const names = [
    ...verdicts.map((verdict) => `verdict ${verdict}`),
    ...[...rules, ...shardRules].map(({ name }) => `rule ${name}`),
    ...['arena by loss', 'federated by loss', 'federated by contribution', 'new model'],
  ];
  for (const name of names) expect(reached[name] ?? 0, name).toBeGreaterThan(5);
});
