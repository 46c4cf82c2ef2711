import { isAddressEqual, type Address } from 'viem';
import { checkAvailability } from '../validator/availability.ts';
import type { ValidatorOptions } from '../validator/options.ts';

/**
 * A validator that says to lack what anybody but its friends submitted, and does all else as it should. It takes half of all
 * seats for that to count.
 */
export function censor(friends: readonly Address[]): Pick<ValidatorOptions, 'attesting'> {
  return {
    async attesting(options) {
      const found = await checkAvailability(options);
      const rivals = options.submissions.filter(({ node }) => !friends.some((friend) => isAddressEqual(friend, node)));
      return { ...found, missing: rivals.map(({ index, cid }) => ({ index, cid, code: 'CENSORED' })) };
    },
  };
}
