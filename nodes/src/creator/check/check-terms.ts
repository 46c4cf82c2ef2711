// What a draft says, against the policy: no data, no chain.
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { windowNames } from '@covey/contracts/abi';
import { isKnownLicence, leastRows, ONE, type PolicyValues } from '@covey/protocol';
import { coveyText, durationText } from '../../quantities.ts';
import type { TaskDraft } from '../create-task.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** The numbers that a new deployment starts with: what a draft is held against where no chain is named. */
export const initialPolicy = Object.fromEntries(
  Object.entries(policyNumbers).map(([name, { initial }]) => [name, initial]),
) as PolicyValues;

export function checkTerms(draft: TaskDraft, policy: PolicyValues): Finding[] {
  return [
    ...checkWindows(draft, policy),
    ...checkStakes(draft, policy),
    ...checkBudget(draft, policy),
    checkRule(draft, policy),
    ...checkAdmission(draft),
    checkLicence(draft),
  ];
}

function checkWindows(
  { windows, rounds }: TaskDraft,
  { minWindow, maxWindow, challengeWindow }: PolicyValues,
): Finding[] {
  const bound = `${durationText(minWindow)} to ${durationText(maxWindow)} each, by the policy`;
  const bad = windowNames.filter((name) => BigInt(windows[name]) < minWindow || BigInt(windows[name]) > maxWindow);
  if (bad.length > 0) {
    return bad.map((name) =>
      fail(`windows.${name}`, durationText(windows[name]), bound, 'Give this window a time inside of these bounds.'),
    );
  }
  const all = windowNames.reduce((sum, name) => sum + windows[name], 0) + Number(challengeWindow);
  const value = `a round takes ${durationText(all)} with its challenge window, all ${rounds} take ${durationText(all * rounds)}`;
  return [ok('windows', value, bound)];
}

function checkStakes(draft: TaskDraft, policy: PolicyValues): Finding[] {
  return (['minTrainerStake', 'minValidatorStake'] as const).map((name) => {
    const [value, bound] = [coveyText(draft[name]), `at least ${coveyText(policy[name])}, by the policy`];
    if (draft[name] < policy[name])
      return fail(name, value, bound, `Set ${name} to ${coveyText(policy[name])} or more.`);
    return ok(name, value, bound);
  });
}

/** A round's pool is the budget by the rounds left; it pays of it no more than the key and the verdict can lose. */
function checkBudget({ budget, rounds }: TaskDraft, policy: PolicyValues): Finding[] {
  const pool = budget / BigInt(rounds);
  const { minRoundPool, creationStake, creationRatio, securityRatio } = policy;
  const value = `${coveyText(budget)}, ${coveyText(pool)} a round`;
  const bound = `at least ${coveyText(minRoundPool)} a round, or it does not open`;
  if (pool < minRoundPool) {
    return [fail('budget', value, bound, `Give ${coveyText(minRoundPool * BigInt(rounds))} or more, or fewer rounds.`)];
  }
  const found = [ok('budget', value, bound)];
  const most = (creationStake * creationRatio) / ONE;
  if (pool > most) {
    const missing = (pool * ONE) / creationRatio - creationStake;
    found.push(
      warn(
        'budget',
        `${coveyText(pool)} a round`,
        `a round pays at most ${coveyText(most)} of it, as much as your creation stake secures`,
        `Raise the stake once the task is proposed: \`covey task raise-stake --amount ${coveyText(missing).replaceAll(',', '').replace(' COVEY', '')}\`.`,
      ),
    );
  }
  const behind = (stake: bigint) => coveyText((stake * ONE) / securityRatio);
  const asked = `validators with ${behind(minRoundPool)} at stake before a round opens`;
  return [...found, ok('stake behind', `${asked}, with ${behind(pool)} before it pays its whole pool`, '')];
}

/** Rows of a rule are seats. */
function checkRule(
  { aggregation, mode, ranking, metric = 'loss', encodings }: TaskDraft,
  policy: PolicyValues,
): Finding {
  const how = mode === 'arena' ? 'the best model wins' : `updates by ${aggregation.rule}, paid by ${ranking}`;
  const value = encodings
    ? `${mode}: ${how}; metric ${metric}; encodings ${encodings.join(', ')}`
    : `${mode}: ${how}; metric ${metric}`;
  const least = leastRows(aggregation);
  const bound = `${aggregation.rule} needs ${least} seats, a round has ${policy.trainerSeats}`;
  if (mode === 'federated' && BigInt(least) > policy.trainerSeats)
    return fail('aggregation', value, bound, 'Take smaller numbers for the rule, or another rule.');
  return ok('aggregation', value, mode === 'arena' ? '' : bound);
}

function checkAdmission({ admitted }: TaskDraft): Finding[] {
  if (admitted === null) return [ok('admitted', 'any node may train', '')];
  const keys = admitted.map((address) => address.toLowerCase());
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined)
    return [fail('admitted', `${twice} twice`, 'each address once', 'Remove one of the two from the list.')];
  return [ok('admitted', `${admitted.length} nodes`, '')];
}

function checkLicence({ licence }: TaskDraft): Finding {
  const bound = 'an SPDX identifier, or LicenseRef-… for one of your own';
  if (licence === undefined)
    return warn('licence', 'none', bound, 'Say what others may do with the models: "licence": "CC-BY-4.0".');
  if (isKnownLicence(licence)) return ok('licence', licence, bound);
  return fail('licence', licence, bound, 'Take one such as "Apache-2.0", "MIT", "CC0-1.0" or "CC-BY-4.0".');
}
