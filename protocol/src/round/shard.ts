import { isProtocolError } from '../errors.ts';
import { decodeSamples } from '../samples.ts';
import type { Samples } from '../samples.ts';
import { samplesRoot } from '../samples-root.ts';
import { MAX_SHARD_BYTES, decryptShard, sha256Hex } from '../shard.ts';
import type { ShardKey } from '../shard.ts';
import type { ShardCommitment, TaskDocument } from '../task.ts';
import { getContent } from './content.ts';
import type { FetchContent } from './content.ts';

export interface OpenShardParameters {
  task: TaskDocument;
  shard: ShardCommitment;
  key: ShardKey;
  fetch: FetchContent;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches, decrypts and decodes a validation shard. Returns undefined where the shard is not what its creator
 * committed to: that is the same for everybody, so it is an answer and no error.
 */
export async function openShard({
  task,
  shard,
  key,
  fetch,
  signal,
}: OpenShardParameters): Promise<Samples | undefined> {
  const content = await getContent(fetch, shard.ciphertext, MAX_SHARD_BYTES, signal);
  if ('problem' in content) return undefined;
  try {
    const plaintext = decryptShard(content.bytes, key);
    if (sha256Hex(plaintext) !== shard.plaintextSha256) return undefined;
    const samples = decodeSamples(task.architecture, plaintext, { maxBytes: MAX_SHARD_BYTES });
    if (samples.samples !== shard.samples) return undefined;
    return samplesRoot(plaintext) === shard.samplesRoot ? samples : undefined;
  } catch (error) {
    if (isProtocolError(error) && error.code !== 'PROTOCOL_INVALID_ARGUMENT') return undefined;
    throw error;
  }
}
