import { encodePacked, keccak256, pad, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { cidFromChain } from './cid.ts';
import {
  attestationCommitment,
  attestationHash,
  challengeCommitment,
  keyCommitment,
  resultCommitment,
  resultHash,
  submissionCommitment,
} from './commitments.ts';

const word = (value: bigint | number) => toHex(value, { size: 32 });
const node = '0x00000000000000000000000000000000000000aa';
const salt = `0x${'5a'.repeat(32)}` as const;
const digest = `0x${'d1'.repeat(32)}` as const;
const parameterRoot = `0x${'7e'.repeat(32)}` as const;

/** abi.encode of static values: their 32-byte words in a row, written out by hand. */
function hashWords(...words: `0x${string}`[]) {
  return keccak256(
    encodePacked(
      words.map(() => 'bytes32' as const),
      words,
    ),
  );
}

describe('commitments', () => {
  it('of a submission hash task, round, node, CID, root and salt as Solidity encodes them', () => {
    const cid = cidFromChain({ codec: 0x55n, digest });
    expect(submissionCommitment({ taskId: 7n, round: 3, node, cid, parameterRoot, salt })).toBe(
      hashWords(word(7), word(3), pad(node), word(0x55), digest, parameterRoot, salt),
    );
  });
  it('of an attestation hash what is missing, with the attempt', () => {
    const missing = [5n, 1n << 255n];
    const p = { taskId: 7n, round: 3, attempt: 1, validator: node, ciphertextMissing: true, missing, salt } as const;
    // The bitmap's words follow the seven words before them, with their number first.
    const head = [word(7), word(3), word(1), pad(node), word(1), word(7 * 32), salt];
    expect(attestationCommitment(p)).toBe(hashWords(...head, word(2), word(5), word(1n << 255n)));
    expect(attestationHash(p)).toBe(hashWords(word(1), word(64), word(2), word(5), word(1n << 255n)));
    expect(attestationHash({ ciphertextMissing: false, missing: [] })).toBe(hashWords(word(0), word(64), word(0)));
  });
  it('of a result hash task, round, validator, hash and salt', () => {
    expect(resultCommitment({ taskId: 7n, round: 3, validator: node, resultHash: digest, salt })).toBe(
      hashWords(word(7), word(3), pad(node), digest, salt),
    );
  });
  it('of a challenge hash task, round, challenger, hash and salt', () => {
    expect(challengeCommitment({ taskId: 7n, round: 3, challenger: node, resultHash: digest, salt })).toBe(
      hashWords(word(7), word(3), pad(node), digest, salt),
    );
  });
  it('refuse what Solidity could not encode', () => {
    const bad = [
      { round: -1 },
      { round: 2 ** 32 },
      { node: '0x12' as const },
      { salt: '0x12' as const },
      { taskId: -1n },
      { parameterRoot: '0x12' as const },
    ];
    for (const change of bad) {
      const cid = cidFromChain({ codec: 0x55n, digest });
      expect(() =>
        submissionCommitment({ taskId: 7n, round: 3, node, cid, parameterRoot, salt, ...change }),
      ).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
    }
  });
  it('of a key hash the key', () => {
    expect(keyCommitment(salt)).toBe(hashWords(salt));
  });
  it('the result hash covers every field of the summary', () => {
    const summary = {
      documentDigest: digest,
      claimsRoot: salt,
      claimants: 3,
      paidSeats: 10,
      sumWeights: 11n,
      trainersRatio: 12n,
      model: { codec: 0x70n, digest: word(4) },
      refereeRoot: word(9),
      shardInvalid: false,
    };
    const expected = hashWords(
      digest,
      salt,
      word(3),
      word(10),
      word(11),
      word(12),
      word(0x70),
      word(4),
      word(9),
      word(0),
    );
    expect(resultHash(summary)).toBe(expected);
    const changes = [
      { documentDigest: word(1) },
      { claimsRoot: word(1) },
      { claimants: 4 },
      { sumWeights: 12n },
      { trainersRatio: 11n },
      { paidSeats: 11 },
      { refereeRoot: word(8) },
      { model: { codec: 0x55n, digest: word(4) } },
      { model: { codec: 0x70n, digest: word(5) } },
      { shardInvalid: true },
    ];
    const hashes = changes.map((change) => resultHash({ ...summary, ...change }));
    expect(new Set([...hashes, expected]).size).toBe(changes.length + 1);
  });
});
