import { blockCid, codecs } from '@covey/protocol';
import { zeroAddress } from 'viem';
import { expect, it } from 'vitest';
import { requireOneModel, type ServingHost } from './hosts.ts';

const cid = (text: string, codec: number) => blockCid(codec, new TextEncoder().encode(text));

function host(weights: string, network = 'network'): ServingHost {
  const model = {
    ...{ name: 'task-3', model: cid(weights, codecs.raw), network: cid(network, codecs.dagJson) },
    ...{ window: 8, request: '0', thousand: '0' },
  };
  return {
    ...{
      node: zeroAddress,
      state: 'enlisted',
      serving: true,
      bound: 0n,
      casesEnd: 0,
      rating: null,
      capacity: 1,
      model,
    },
    ...{ endpoint: 'https://host.example', signer: zeroAddress, offer: null },
    document: {
      schema: 'covey.offer/1',
      name: 'x',
      models: [model],
      limits: { requestBytes: 256, tokens: 4, queue: 1 },
    },
  };
}

it('a name by which hosts mean different weights, or another network of the same, is no model', () => {
  requireOneModel([], 'task-3');
  requireOneModel([host('a'), host('a')], 'task-3');
  const refused = expect.objectContaining({ code: 'MODEL_AMBIGUOUS' }) as unknown;
  expect(() => requireOneModel([host('a'), host('a'), host('b')], 'task-3')).toThrow(refused as Error);
  expect(() => requireOneModel([host('a'), host('a', 'with other heads')], host('a').model.model)).toThrow(
    refused as Error,
  );
});
