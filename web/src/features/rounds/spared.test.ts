import { expect, test } from 'vitest';
import { isSpared } from './spared.ts';

const source = { blockNumber: 1, transactionHash: '0x00', logIndex: 0 } as const;
const lacking = (missing: number[], ciphertextMissing = false) => ({
  attestation: { missing, ciphertextMissing, at: 0, source },
  resultCommit: null,
});

test('who lacks what counts, or the shard, may leave out its result', () => {
  expect(isSpared(lacking([1, 4]), [0, 1])).toBe(true);
  expect(isSpared(lacking([], true), [0, 1])).toBe(true);
});

test('who lacks only what does not count, or nothing, owes one', () => {
  expect(isSpared(lacking([4]), [0, 1])).toBe(false);
  expect(isSpared(lacking([]), [0, 1])).toBe(false);
});

test('nobody is told so who gave a result all the same, or before it is known what counts', () => {
  const commitment = '0x01';
  expect(isSpared({ ...lacking([1]), resultCommit: { commitment, at: 0, source } }, [0, 1])).toBe(false);
  expect(isSpared(lacking([1]), null)).toBe(false);
  expect(isSpared({ attestation: null, resultCommit: null }, [0, 1])).toBe(false);
});
