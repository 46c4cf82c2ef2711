import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testCore } from '../loader/test-fixtures.ts';
import { networkHashes } from './network-hashes.ts';

/** Of trained parameters, outputs, probabilities and scores: the same on every machine, engine and tier. */
const PINNED = {
  'image-network-sgd': '84fc91e20355c0eac09e0a54f2e174d2d758ca8136aee2a319b5aefec4c0e669',
  'image-network-adam': '7bb4117d24311ac568c2f055aa8297e081e7ccc613b5a5f948f1774e129d6d4d',
  'token-network-adam': 'ebef6b0494027bac7d750dc5cd3d9016c0cb34fe42368a5fd37f58c413d94138',
};

it('networks of every kind train and score to the pinned bits', async () => {
  expect(networkHashes(await testCore())).toEqual(PINNED);
});

it.each([['--liftoff-only'], ['--no-liftoff']])('and so they do under %s', (flag) => {
  const script = `
    import { loadNodeCore } from '${new URL('../loader/node.ts', import.meta.url)}';
    import { networkHashes } from '${new URL('network-hashes.ts', import.meta.url)}';
    console.log(JSON.stringify(networkHashes(await loadNodeCore())));`;
  const out = execFileSync(process.execPath, [flag, '--input-type=module', '-e', script], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  expect(JSON.parse(out)).toEqual(PINNED);
});
