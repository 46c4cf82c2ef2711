import { codecs } from '@covey/client';
import { memoryStore } from '@covey/client/testing';
import { modelToBytes } from '@covey/protocol';
import { encodeNetwork, windowOf, type InferenceModel, type Offer } from '@covey/protocol/inference';
import { readCoreWasm } from '@covey/wasm-core/node';
import { zeroAddress, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { Answers, type AnswersParameters } from '../host/answers.ts';
import { ComputePool } from '../host/compute/compute-pool.ts';
import { hostApp } from '../host/http/app.ts';
import { loadModels } from '../host/models.ts';

/** Contracts that are nowhere: what a host without a chain signs for. */
export const noDeployment = { chainId: 31_337, hostRegistry: zeroAddress, inferenceChannels: zeroAddress };

export interface FreeHost {
  url: string;
  /** What requests name the model and its network by. */
  named: { model: string; network: string };
  stop(): Promise<void>;
}

/** A host of one model that answers for nothing, on a port of this machine, computing on one thread. */
export async function startFreeHost(
  scorer: Hex,
  { architecture, parameters }: InferenceModel,
  { limits, onAnswer }: Pick<AnswersParameters, 'onAnswer'> & Pick<Offer, 'limits'>,
): Promise<FreeHost> {
  const store = memoryStore();
  const model = await store.add(modelToBytes(architecture, parameters));
  const network = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  const offer: Offer = {
    schema: 'covey.offer/1',
    name: 'Free',
    models: [{ name: 'model', model, network, window: windowOf(architecture), request: '0', thousand: '0' }],
    limits,
  };
  const models = await loadModels(store, offer);
  const pool = new ComputePool({
    ...{ wasm: await readCoreWasm(), scorer, threads: 1, maxMs: 60_000 },
    models: [[model, { architecture, parameters }]],
  });
  const key = generatePrivateKey();
  const answers = new Answers({
    ...{ deployment: noDeployment, signingKey: key, scorer, offer, models, pool, till: null, onAnswer },
  });
  const signer = privateKeyToAddress(key);
  const app = await hostApp({ answers, host: signer, signer, offer: model, till: null });
  return {
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    named: { model, network },
    async stop() {
      app.server.closeAllConnections();
      await app.close();
      await pool.close();
    },
  };
}
