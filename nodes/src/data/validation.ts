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
  const shardSamples = options.shardSamples ?? Math.floor(all / (rounds + 1));
  const holdoutSamples = options.holdoutSamples ?? all - rounds * shardSamples;
  if (shardSamples < 1 || holdoutSamples < 1) {
    throw nodeError('DATA_BAD_SPLIT', 'Every shard and the hold-out need at least one sample.', {
      got: `${all} samples for ${rounds} rounds of ${shardSamples} and a hold-out of ${holdoutSamples}`,
    });
  }
  const sizes = [...Array.from({ length: rounds }, () => shardSamples), holdoutSamples];
  const parts = cut(data, sizes, seed).map(seal);
  return { shards: parts.slice(0, rounds), holdout: parts[rounds]! };
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
