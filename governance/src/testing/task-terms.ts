import { parseEther, zeroHash } from 'viem';
import type { Hex } from 'viem';
import { rankings } from '@covey/contracts/abi/enums';

const window = 60;

/** Terms of a task of one round, as short as the policy of a new deployment allows; `key` commits to both keys. */
export const testTerms = (key: Hex) => ({
  rounds: 1,
  windows: {
    join: window,
    commit: window,
    reveal: window,
    attest: window,
    attestReveal: window,
    key: window,
    resultCommit: window,
    resultReveal: window,
  },
  ranking: rankings.indexOf('loss'),
  minTrainerStake: parseEther('1000'),
  minValidatorStake: parseEther('5000'),
  admissionRoot: zeroHash,
  keyCommitments: [key, key],
});
