import type { Address } from 'viem';
import { checkAvailability } from '../validator/availability.ts';
import type { ValidatorOptions } from '../validator/validator-node.ts';

/**
 * A validator that says to lack what rivals of its friends submitted, and does all else as it should. What it says needs half
 * of all seats to be believed.
 */
export function censor(isFriend: (cid: string) => boolean): Pick<ValidatorOptions, 'attesting'> {
  return {
    async attesting(options) {
      const found = await checkAvailability(options);
      const rivals = options.submissions.filter(({ cid }) => !isFriend(cid));
      const missing = rivals.map(({ index, cid }) => ({ index, cid, code: 'CENSORED' }));
      return { ...found, missing };
    },
  };
}

/** One whose friends are nodes: what they submitted is told apart when it is revealed. */
export function censorAllBut(
  friends: readonly Address[],
  submitterOf: (cid: string) => Promise<Address | null>,
): Pick<ValidatorOptions, 'attesting'> {
  const own = new Set(friends.map((friend) => friend.toLowerCase()));
  return {
    async attesting(options) {
      const found = await checkAvailability(options);
      const rivals = await Promise.all(
        options.submissions.map(async (submission) => {
          const submitter = await submitterOf(submission.cid);
          return submitter && own.has(submitter.toLowerCase()) ? [] : [submission];
        }),
      );
      return { ...found, missing: rivals.flat().map(({ index, cid }) => ({ index, cid, code: 'CENSORED' })) };
    },
  };
}
