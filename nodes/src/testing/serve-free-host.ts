// A host that answers for nothing, in a process of its own, so that its memory can be measured under attack.
//   node --expose-gc serve-free-host.ts '{"bytes": …}'
// It tells its URL, and twice a second how many bytes it holds once garbage is collected, and how many connections.
import { memoryStore } from '@covey/client/testing';
import { codecs } from '@covey/client';
import { modelToBytes, type Architecture } from '@covey/protocol';
import { encodeNetwork, windowOf, type Offer, type OfferedModel } from '@covey/protocol/inference';
import { loadNodeCore, readCoreWasm } from '@covey/wasm-core/node';
import { zeroAddress } from 'viem';
import { generatePrivateKey } from 'viem/accounts';
import { Answers } from '../host/answers.ts';
import { ComputePool } from '../host/compute/compute-pool.ts';
import { hostApp } from '../host/http/app.ts';
import type { TrafficLimits } from '../host/http/traffic.ts';
import { loadModels } from '../host/models.ts';

const traffic = JSON.parse(process.argv[2] ?? '{}') as Partial<TrafficLimits>;
const core = await loadNodeCore();
const store = memoryStore();

async function offered(name: string, architecture: Architecture): Promise<OfferedModel> {
  const parameters = core.initialise(architecture.layers, 1);
  const model = await store.add(modelToBytes(architecture, parameters));
  const network = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  return { name, model, network, window: windowOf(architecture), request: '0', thousand: '0' };
}

const offer: Offer = {
  schema: 'covey.offer/1',
  name: 'Attacked',
  models: [
    await offered('bytes', {
      layers: [
        { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
        { type: 'dense', inputs: 4, outputs: 256 },
      ],
      input: 'tokens',
    }),
    // 4,096 rows are the most values that an answer has.
    await offered('wide', { layers: [{ type: 'dense', inputs: 1, outputs: 256 }], input: 'f32' }),
  ],
  limits: { requestBytes: 2 ** 20, tokens: 4096, queue: 64 },
};
const models = await loadModels(store, offer);
const pool = new ComputePool({
  ...{ wasm: await readCoreWasm(), scorer: core.sha256, threads: 1, maxMs: 60_000 },
  models: models.map(({ offered: { model }, architecture, parameters }) => [model, { architecture, parameters }]),
});
const answers = new Answers({
  deployment: { chainId: 31_337, hostRegistry: zeroAddress },
  ...{ signingKey: generatePrivateKey(), scorer: core.sha256, offer, models, pool, till: null },
  onAnswer: () => undefined,
});
const app = await hostApp({ answers, host: zeroAddress, signer: zeroAddress, offer: 'none', till: null, traffic });
const url = await app.listen({ host: '127.0.0.1', port: 0 });
console.log(JSON.stringify({ url }));
setInterval(() => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  app.server.getConnections((_, connections) =>
    console.log(JSON.stringify({ bytes: heapUsed + external, connections })),
  );
}, 500);
