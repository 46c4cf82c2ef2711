import { gatewayStore, readTask, readTaskDocument } from '@covey/client';
import { decodeSamples, MAX_SHARD_BYTES, modelFromBytes } from '@covey/protocol';
import type { Core, Evaluation } from '@covey/wasm-core';
import type { World } from './world.ts';

/** Scores a model, fetched by CID, on the hold-out that nobody saw during the task. */
export async function onHoldout(
  world: World,
  core: Core,
  taskId: bigint,
  model: string,
  plaintext: Uint8Array,
): Promise<Evaluation> {
  const store = gatewayStore(world.serverUrl);
  const { architecture } = await readTaskDocument(store, await readTask(world.covey, taskId));
  const bytes = await store.get(model);
  const { layers, arithmetic } = architecture;
  const { inputs, labels } = decodeSamples(architecture, plaintext, { maxBytes: MAX_SHARD_BYTES });
  const parameters = modelFromBytes(architecture, bytes, { maxBytes: bytes.byteLength });
  return core.evaluate({ layers, arithmetic, parameters, inputs, labels });
}
