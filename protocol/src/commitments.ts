import {
  attestationCommitmentTypes,
  attestationHashTypes,
  challengeCommitmentTypes,
  keyCommitmentTypes,
  resultCommitmentTypes,
  resultSummaryType,
  submissionCommitmentTypes,
} from '@covey/contracts/abi/structs';
import { encodeAbiParameters, keccak256 } from 'viem';
import type { AbiParameterToPrimitiveType, Address, Hex } from 'viem';
import { cidToChain } from './cid.ts';
import { protocolError } from './errors.ts';

/** What a result document says to the contracts (`Types.sol` ResultSummary). */
export type ResultSummary = AbiParameterToPrimitiveType<typeof resultSummaryType>;

/** The hash on which validators agree: keccak256(abi.encode(summary)). */
export function resultHash(summary: ResultSummary): Hex {
  return hashing(() => encodeAbiParameters([resultSummaryType], [summary]));
}

export interface SubmissionCommitmentParameters {
  taskId: bigint;
  round: number;
  node: Address;
  cid: string;
  /** Of the file's bytes (`parameterRoot`). */
  parameterRoot: Hex;
  salt: Hex;
}

/** What a training node commits before it reveals CID, root and salt. */
export function submissionCommitment(p: SubmissionCommitmentParameters): Hex {
  return hashing(() =>
    encodeAbiParameters(submissionCommitmentTypes, [
      p.taskId,
      p.round,
      p.node,
      cidToChain(p.cid),
      p.parameterRoot,
      p.salt,
    ]),
  );
}

/** What a validator could not fetch whole. */
export interface Missing {
  ciphertextMissing: boolean;
  /** Bit i of word w is set where submission 256·w + i is missing. */
  missing: readonly bigint[];
}

export interface AttestationCommitmentParameters extends Missing {
  taskId: bigint;
  round: number;
  /** How often the round had been repeated. */
  attempt: number;
  validator: Address;
  salt: Hex;
}

/** What a validator commits before it reveals what is missing. */
export function attestationCommitment(p: AttestationCommitmentParameters): Hex {
  return hashing(() =>
    encodeAbiParameters(attestationCommitmentTypes, [
      p.taskId,
      p.round,
      p.attempt,
      p.validator,
      p.ciphertextMissing,
      p.missing,
      p.salt,
    ]),
  );
}

/** What the chain keeps of a revealed attestation, but for its last three bytes, which it zeroes. */
export function attestationHash({ ciphertextMissing, missing }: Missing): Hex {
  return hashing(() => encodeAbiParameters(attestationHashTypes, [ciphertextMissing, missing]));
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
    encodeAbiParameters(resultCommitmentTypes, [p.taskId, p.round, p.validator, p.resultHash, p.salt]),
  );
}

export interface ChallengeCommitmentParameters {
  taskId: bigint;
  round: number;
  /** The account that sends both. */
  challenger: Address;
  resultHash: Hex;
  salt: Hex;
}

/** What a challenger commits before it names the result that it challenges with. */
export function challengeCommitment(p: ChallengeCommitmentParameters): Hex {
  return hashing(() =>
    encodeAbiParameters(challengeCommitmentTypes, [p.taskId, p.round, p.challenger, p.resultHash, p.salt]),
  );
}

/** Commitment to the key of a validation shard. */
export function keyCommitment(key: Hex): Hex {
  return hashing(() => encodeAbiParameters(keyCommitmentTypes, [key]));
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
