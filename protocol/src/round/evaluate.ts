import type { Core, Evaluation } from '@covey/wasm-core';
import { modelFromBytes } from '../architecture.ts';
import { keyCommitment } from '../commitments.ts';
import { protocolError } from '../errors.ts';
import type { TaskDocument } from '../task.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { FetchContent } from './content.ts';
import { Evaluator } from './evaluator.ts';
import { openShard } from './shard.ts';
import type { ShardKey } from '../shard.ts';

export interface EvaluateModelParameters {
  core: Core;
  task: TaskDocument;
  /** Number of a round, or the final hold-out. */
  shard: number | 'holdout';
  key: ShardKey;
  /** The model's file. */
  model: Uint8Array;
  fetch: FetchContent;
  signal?: AbortSignal;
}

/** Scores one model on one opened shard, such as the final model on the hold-out. */
export async function evaluateModel(p: EvaluateModelParameters): Promise<Evaluation> {
  const shard = p.shard === 'holdout' ? p.task.validation.holdout : p.task.validation.shards[p.shard];
  if (!shard) throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'the task has no such shard', { got: String(p.shard) });
  const hex = typeof p.key === 'string' ? p.key : (`0x${bytesToHex(p.key)}` as const);
  if (keyCommitment(hex) !== shard.keyCommitment) {
    throw protocolError('PROTOCOL_WRONG_KEY', `the key does not belong to shard ${p.shard}`, {
      expected: `a key with commitment ${shard.keyCommitment}`,
    });
  }
  const dataset = await openShard({ task: p.task, shard, key: p.key, fetch: p.fetch, signal: p.signal });
  if (!dataset) {
    throw protocolError('PROTOCOL_INVALID_DATASET', `shard ${p.shard} is not what the task document committed to`);
  }
  const parameters = modelFromBytes(p.task.architecture, p.model, { maxBytes: p.model.length });
  return new Evaluator(p.core, p.task.architecture, dataset, p.signal).evaluate(parameters);
}
