import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { testCore } from '../loader/test-fixtures.ts';
import { networkHashes } from './network-hashes.ts';

/** Of networks in integers as well as of trained parameters, outputs, probabilities and scores: the same on every machine, engine and tier. */
const PINNED = {
  'image-network-sgd': '84fc91e20355c0eac09e0a54f2e174d2d758ca8136aee2a319b5aefec4c0e669',
  'image-network-adam': '7bb4117d24311ac568c2f055aa8297e081e7ccc613b5a5f948f1774e129d6d4d',
  'token-network-adam': 'ebef6b0494027bac7d750dc5cd3d9016c0cb34fe42368a5fd37f58c413d94138',
  'networks in int8': '10f6ae8bca5ba43a6afe9edaf5fdc32866f5883a08bbc3af9d76e42d2e2fe486',
  'networks in int8:64': 'f5a19c27e305690584ea804c5a74a8bf0cbda0cae2037351d0ac5934af374bce',
  'networks in int8:32': '67f93bf4b4070c95e71cd27378d28126046c331f2fd67f014e255f8dd5005e7c',
  'networks in int4:64': 'dd84d85e0a85076c72196568a37ef10757fb34f2281fd9018bd92294035ec9de',
  'networks in int4:32': 'e3239ca5d612a401fbd3d19639e64e0c46006f1e5c39ed18b00488e7656d6db5',
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
