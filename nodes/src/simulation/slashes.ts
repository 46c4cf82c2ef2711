import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { part } from './budget.ts';
import type { Stake } from './participants.ts';
import type { Said, Verdict } from './verdict.ts';

/** Ratio (1e18) that a validator loses by what a closed round shows, as `SlashFacts.sol` has it. */
export function validatorSlash(said: Said, verdict: Verdict): bigint {
  const { slashResultMismatch, slashNoReveal, slashSilence } = policyNumbers;
  const paid = verdict.accepted !== null;
  const silence = paid || verdict.void === 'notAttested';
  if (said.attested === 'silent') return silence ? slashSilence.initial : 0n;
  if (said.attested === 'withheld') return silence ? slashNoReveal.initial : 0n;
  if (said.result === null) return (paid || verdict.void === 'noResults') && !said.excused ? slashNoReveal.initial : 0n;
  return paid && said.result !== verdict.accepted ? slashResultMismatch.initial : 0n;
}

/** Of a training node: silent with a seat, or committed and not revealed. */
export function trainerSlash(update: Float32Array | null | undefined, verdict: Verdict | null): bigint {
  const shown = verdict === null || verdict.accepted !== null;
  if (!shown || update) return 0n;
  return update === null ? policyNumbers.slashNoReveal.initial : policyNumbers.slashSilence.initial;
}

/** Own and delegated stake lose alike; wei taken. */
export function slash(stake: Stake, ratio: bigint): bigint {
  const [own, delegated] = [part(stake.own, ratio), part(stake.delegated, ratio)];
  stake.own -= own;
  stake.delegated -= delegated;
  return own + delegated;
}
