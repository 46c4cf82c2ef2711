// The governed numbers that a role should know, as a table: names and meanings are the web app's, values those that the contracts
// begin with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyNumbers, type PolicyUnit } from '@covey/contracts/abi/policy-numbers';
import { countText, coveyText, durationText, percentText } from '@covey/client';
import { root } from '../process.ts';
import type { GuideName } from './steps.ts';

type Name = keyof typeof policyNumbers;

export const guideLanguages = ['en', 'zh-Hans', 'zh-Hant'] as const;
export type GuideLanguage = (typeof guideLanguages)[number];

const numbersOf: Record<GuideName, readonly Name[]> = {
  creator: ['creationStake', 'creationRatio', 'minRoundPool', 'securityRatio', 'roundFee', 'minWindow', 'maxIdle'],
  trainer: [
    ...(['minTrainerStake', 'trainerSeats', 'trainerShare', 'unlockRatio', 'vestingDuration'] as const),
    ...(['slashNoReveal', 'slashUnavailable', 'slashSilence', 'unstakeCooldown'] as const),
  ],
  validator: [
    ...(['minValidatorStake', 'validatorSeats', 'trainerShare', 'scoringRate', 'slashResultMismatch'] as const),
    ...(['slashNoReveal', 'slashSilence', 'challengeBond', 'challengerShare', 'unstakeCooldown'] as const),
  ],
  delegator: [
    ...(['minDelegation', 'delegationWeight', 'maxCommission', 'commissionNotice', 'rewardStream'] as const),
    ...(['slashResultMismatch', 'unstakeCooldown'] as const),
  ],
  delegate: ['policyNotice', 'rulingWindow', 'appealWindow'],
  buyer: ['marketFee', 'deliveryWindow', 'disputeWindow', 'sellerBond', 'reporterCap', 'channelWindow'],
  host: [
    ...(['minHostStake', 'slashWrongAnswer', 'answerBond', 'caseWindow', 'rulingWindow'] as const),
    ...(['channelWindow', 'marketFee', 'unstakeCooldown'] as const),
  ],
};

const heads: Record<GuideLanguage, readonly [string, string, string, string]> = {
  en: ['number', 'begins as', 'bounds', 'what it is'],
  'zh-Hans': ['数值', '初始值', '范围', '含义'],
  'zh-Hant': ['數值', '初始值', '範圍', '含義'],
};

/** A table in Markdown, of a new deployment's numbers and of the bounds that no vote can pass. */
export function numbersTable(guide: GuideName, language: GuideLanguage): string {
  const { params } = JSON.parse(readFileSync(join(root, `web/src/locales/${language}.json`), 'utf8')) as {
    params: Record<Name, { name: string; meaning: string }>;
  };
  const rows = numbersOf[guide].map((name) => {
    const { unit, min, max, initial } = policyNumbers[name];
    const { name: called, meaning } = params[name];
    const [least, most] = [valueText(min, unit), valueText(max, unit)];
    return `| ${called} (\`${name}\`) | ${valueText(initial, unit)} | ${least} – ${most} | ${meaning} |`;
  });
  return [`| ${heads[language].join(' | ')} |`, '|---|---|---|---|', ...rows].join('\n');
}

function valueText(value: bigint, unit: PolicyUnit): string {
  if (unit === 'ratio') return percentText(value, 18);
  if (unit === 'seconds') return durationText(value);
  return unit === 'wei' ? coveyText(value) : countText(value);
}
