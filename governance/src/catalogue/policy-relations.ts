import { policyConstants, roundLimitsConstants } from '@covey/contracts/abi/constants';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { PolicyValues } from '@covey/protocol';

/** Numbers that do not fit each other, by the error with which the policy refuses them. */
export interface BrokenRelation {
  error: 'InconsistentWindows' | 'CooldownTooShort' | 'SecurityTooHigh';
  /** The numbers that have a part in it; the first is the one that `value` is of. */
  params: readonly ParamName[];
  value: bigint;
  /** What the others let it be: at most, or of the cooldown at least. */
  limit: bigint;
}

/** Numbers that bear on each other: what is proposed for one has to fit what the others are then. */
export const relatedParams = [
  'minWindow',
  'maxWindow',
  'unstakeCooldown',
  'beaconWindow',
  'challengeWindow',
  'rulingWindow',
  'caseWindow',
  'appealWindow',
  'securityRatio',
  'slashResultMismatch',
] as const satisfies readonly ParamName[];

type Related = Pick<PolicyValues, (typeof relatedParams)[number]>;

/** What `Policy.set` would refuse of numbers that are each inside their bounds. */
export function brokenRelations(values: Related): BrokenRelation[] {
  const { WINDOWS_OF_A_ROUND: windows, WINDOWS_OF_AN_ATTEMPT: windowsAgain } = policyConstants;
  const repeats = roundLimitsConstants.MAX_ATTEMPTS - 1n;
  const cooldown =
    (windows + repeats * windowsAgain) * values.maxWindow +
    (2n + repeats) * values.beaconWindow +
    values.challengeWindow +
    values.rulingWindow +
    values.caseWindow +
    values.appealWindow;
  const security = (values.slashResultMismatch * 9n) / 10n;
  const broken: BrokenRelation[] = [];
  if (values.minWindow > values.maxWindow) {
    const params = ['minWindow', 'maxWindow'] as const;
    broken.push({ error: 'InconsistentWindows', params, value: values.minWindow, limit: values.maxWindow });
  }
  if (values.unstakeCooldown < cooldown) {
    const params = [
      ...(['unstakeCooldown', 'maxWindow', 'beaconWindow', 'challengeWindow'] as const),
      ...(['rulingWindow', 'caseWindow', 'appealWindow'] as const),
    ];
    broken.push({ error: 'CooldownTooShort', params, value: values.unstakeCooldown, limit: cooldown });
  }
  if (values.securityRatio > security) {
    const params = ['securityRatio', 'slashResultMismatch'] as const;
    broken.push({ error: 'SecurityTooHigh', params, value: values.securityRatio, limit: security });
  }
  return broken;
}
