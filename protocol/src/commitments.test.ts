import { encodePacked, keccak256, pad, toHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { cidFromChain } from './cid.ts';
import { keyCommitment, resultCommitment, resultHash, submissionCommitment } from './commitments.ts';

const word = (value: bigint | number) => toHex(value, { size: 32 });
const node = '0x00000000000000000000000000000000000000aa';
const salt = `0x${'5a'.repeat(32)}` as const;
const digest = `0x${'d1'.repeat(32)}` as const;

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
  it('of a submission hash task, round, node, CID and salt as Solidity encodes them', () => {
    const cid = cidFromChain({ codec: 0x55n, digest });
    expect(submissionCommitment({ taskId: 7n, round: 3, node, cid, salt })).toBe(
      hashWords(word(7), word(3), pad(node), word(0x55), digest, salt),
    );
  });
  it('of a result hash task, round, validator, hash and salt', () => {
    expect(resultCommitment({ taskId: 7n, round: 3, validator: node, resultHash: digest, salt })).toBe(
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
    ];
    for (const change of bad) {
      const cid = cidFromChain({ codec: 0x55n, digest });
      expect(() => submissionCommitment({ taskId: 7n, round: 3, node, cid, salt, ...change })).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
      );
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
      sumWeights: 11n,
      sumOwnWeights: 10n,
      qualifyingOwnStake: 9n,
      model: { codec: 0x70n, digest: word(4) },
      shardInvalid: false,
    };
    const expected = hashWords(digest, salt, word(3), word(11), word(10), word(9), word(0x70), word(4), word(0));
    expect(resultHash(summary)).toBe(expected);
    const changes = [
      { documentDigest: word(1) },
      { claimsRoot: word(1) },
      { claimants: 4 },
      { sumWeights: 12n },
      { sumOwnWeights: 11n },
      { qualifyingOwnStake: 8n },
      { model: { codec: 0x55n, digest: word(4) } },
      { model: { codec: 0x70n, digest: word(5) } },
      { shardInvalid: true },
    ];
    const hashes = changes.map((change) => resultHash({ ...summary, ...change }));
    expect(new Set([...hashes, expected]).size).toBe(changes.length + 1);
  });
});
