import { encodeDataset, encryptShard, keyCommitment, sampleCount, samplesRoot, type Dataset } from '@covey/protocol';
import { bytesToHex, sha256, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import { cut } from './split.ts';

export interface ValidationShard {
  /** What decrypting gives: an encoded dataset. */
  plaintext: Uint8Array;
  plaintextSha256: Hex;
  /** Root over its samples, by which a single one can be proven. */
  samplesRoot: Hex;
  ciphertext: Uint8Array;
  /** 32 bytes; secret until the round's key window. */
  key: Hex;
  keyCommitment: Hex;
  samples: number;
}

export interface PreparedValidation {
  /** One for each round. */
  shards: ValidationShard[];
  holdout: ValidationShard;
}

export interface PrepareValidationOptions {
  data: Dataset;
  rounds: number;
  /** Orders the samples; keys and nonces are always fresh from the system. */
  seed: number;
  /** Samples of each round's shard; default: an equal part for every round and the hold-out. */
  shardSamples?: number;
  /** Samples of the hold-out; default: all that is left. */
  holdoutSamples?: number;
}

/** Cuts a hidden test set into one shard a round and a final hold-out, each encrypted under a key of its own. */
export function prepareValidation(options: PrepareValidationOptions): PreparedValidation {
  const { data, rounds, seed } = options;
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw nodeError('DATA_BAD_SPLIT', 'A task has at least one round.', { got: String(rounds) });
  }
  const all = sampleCount(data);
  const { shard, holdout } = shardSizes({ ...options, samples: all });
  if (shard < 1 || holdout < 1) {
    throw nodeError('DATA_BAD_SPLIT', 'Every shard and the hold-out need at least one sample.', {
      got: `${all} samples for ${rounds} rounds of ${shard} and a hold-out of ${holdout}`,
    });
  }
  const sizes = [...Array.from({ length: rounds }, () => shard), holdout];
  const parts = cut(data, sizes, seed).map(seal);
  return { shards: parts.slice(0, rounds), holdout: parts[rounds]! };
}

/** Samples of each round's shard and of the hold-out: parts that were asked for, and of what is left. */
export function shardSizes(
  options: Pick<PrepareValidationOptions, 'rounds' | 'shardSamples' | 'holdoutSamples'> & { samples: number },
): { shard: number; holdout: number } {
  const { samples, rounds } = options;
  const shard =
    options.shardSamples ??
    Math.floor(
      options.holdoutSamples === undefined ? samples / (rounds + 1) : (samples - options.holdoutSamples) / rounds,
    );
  return { shard, holdout: options.holdoutSamples ?? samples - rounds * shard };
}

function seal(data: Dataset): ValidationShard {
  const plaintext = encodeDataset(data);
  const key = crypto.getRandomValues(new Uint8Array(32));
  const nonce = crypto.getRandomValues(new Uint8Array(24));
  const keyHex = bytesToHex(key);
  return {
    plaintext,
    plaintextSha256: sha256(plaintext),
    samplesRoot: samplesRoot(plaintext),
    ciphertext: encryptShard(plaintext, key, nonce),
    key: keyHex,
    keyCommitment: keyCommitment(keyHex),
    samples: sampleCount(data),
  };
}
