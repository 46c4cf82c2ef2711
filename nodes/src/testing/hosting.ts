import { allocate, codecs, stake, type ContentStore } from '@covey/client';
import { enlistHost } from '@covey/client/inference';
import { modelToBytes, type Architecture } from '@covey/protocol';
import { encodeNetwork, windowOf, type Offer, type OfferedModel } from '@covey/protocol/inference';
import { parseEther, type Address } from 'viem';
import type { TestNetwork } from './test-network.ts';

/** A small model of bytes: texts of `length` of them, in and out. */
export const byteModel = (length = 8, width = 4, heads = 1): Architecture => ({
  layers: [
    { type: 'embedding', vocabulary: 256, length, width },
    { type: 'residual', layers: [{ type: 'attention', width, heads, rotary: true }] },
    { type: 'dense', inputs: width, outputs: 256 },
  ],
  input: 'tokens',
});

/** Publishes a model with its network, and says what an offer says of it: `price` wei for each request. */
export async function offered(
  store: ContentStore,
  architecture: Architecture,
  { name, parameters, price }: { name: string; parameters: Float32Array; price: bigint },
): Promise<OfferedModel> {
  const model = await store.add(modelToBytes(architecture, parameters));
  const network = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  return { name, model, network, window: windowOf(architecture), request: String(price), thousand: '0' };
}

export const offerOf = (models: OfferedModel[], limits: Partial<Offer['limits']> = {}): Offer => ({
  schema: 'covey.offer/1',
  name: 'A host',
  models,
  limits: { requestBytes: 65_536, tokens: 64, queue: 8, ...limits },
});

/** Stakes what a host has to answer with. */
async function stakeAsHost({ account, anvil }: TestNetwork, index: number): Promise<void> {
  const covey = account(index);
  await stake(covey, parseEther('20000'));
  await allocate(covey, { taskId: 0n, role: 'host', ratio: 10n ** 18n });
  await anvil.advance(2);
}

/** Stakes, and enlists with an offer's CID. */
export async function enlist(
  network: TestNetwork,
  index: number,
  terms: { offer: string; signer: Address; endpoint?: string },
): Promise<void> {
  await stakeAsHost(network, index);
  await enlistHost(network.account(index), { endpoint: 'https://host.example', capacity: 4, ...terms });
}
