import { layerTypes } from './layers/index.ts';
import type { LayerType } from './layers/layer-type.ts';
import { NetworkBuilder } from './network-builder.ts';
import type { Network } from './network-parts.ts';
import { requireScorable } from './plan.ts';

const types: ReadonlyMap<unknown, LayerType> = new Map(layerTypes.map((type) => [type.name, type]));

/** Checks layers and turns them into operations. Throws CORE_BAD_LAYERS. */
export function checkLayers(layers: unknown): Network {
  const builder = new NetworkBuilder(types);
  builder.list(layers, 'layers', 0);
  const network = builder.finish();
  requireScorable(network);
  return network;
}
