import { encodeAbiParameters, keccak256 } from 'viem';
import type { Address, Hex } from 'viem';
import { cidToChain } from './cid.ts';
import type { ChainCid } from './cid.ts';
import { protocolError } from './errors.ts';

const cidComponents = [
  { name: 'codec', type: 'uint64' },
  { name: 'digest', type: 'bytes32' },
] as const;

/** What a result document says to the contracts (`Types.sol` ResultSummary). */
export interface ResultSummary {
  documentDigest: Hex;
  claimsRoot: Hex;
  claimants: number;
  sumWeights: bigint;
  sumOwnWeights: bigint;
  qualifyingOwnStake: bigint;
  model: ChainCid;
  /** The published key opens no shard that is what was promised: the round ends void, as if the key had been withheld. */
  shardInvalid: boolean;
}

const summaryType = {
  type: 'tuple',
  components: [
    { name: 'documentDigest', type: 'bytes32' },
    { name: 'claimsRoot', type: 'bytes32' },
    { name: 'claimants', type: 'uint32' },
    { name: 'sumWeights', type: 'uint256' },
    { name: 'sumOwnWeights', type: 'uint256' },
    { name: 'qualifyingOwnStake', type: 'uint256' },
    { name: 'model', type: 'tuple', components: cidComponents },
    { name: 'shardInvalid', type: 'bool' },
  ],
} as const;

/** The hash on which validators agree: keccak256(abi.encode(summary)). */
export function resultHash(summary: ResultSummary): Hex {
  return hashing(() => encodeAbiParameters([summaryType], [summary]));
}

export interface SubmissionCommitmentParameters {
  taskId: bigint;
  round: number;
  node: Address;
  cid: string;
  salt: Hex;
}

/** What a training node commits before it reveals CID and salt. */
export function submissionCommitment(p: SubmissionCommitmentParameters): Hex {
  return hashing(() =>
    encodeAbiParameters(
      [
        { type: 'uint256' },
        { type: 'uint32' },
        { type: 'address' },
        { type: 'tuple', components: cidComponents },
        { type: 'bytes32' },
      ],
      [p.taskId, p.round, p.node, cidToChain(p.cid), p.salt],
    ),
  );
}

export interface ResultCommitmentParameters {
  taskId: bigint;
  round: number;
  validator: Address;
  resultHash: Hex;
  salt: Hex;
}

/** What a validator commits before it reveals its result hash. */
export function resultCommitment(p: ResultCommitmentParameters): Hex {
  return hashing(() =>
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'uint32' }, { type: 'address' }, { type: 'bytes32' }, { type: 'bytes32' }],
      [p.taskId, p.round, p.validator, p.resultHash, p.salt],
    ),
  );
}

/** Commitment to the key of a validation shard. */
export function keyCommitment(key: Hex): Hex {
  return hashing(() => encodeAbiParameters([{ type: 'bytes32' }], [key]));
}

function hashing(encode: () => Hex): Hex {
  let encoded: Hex;
  try {
    encoded = encode();
  } catch (cause) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'a value cannot be encoded for the chain', {
      hint: cause instanceof Error ? cause.message.split('\n')[0] : undefined,
      cause,
    });
  }
  return keccak256(encoded);
}
