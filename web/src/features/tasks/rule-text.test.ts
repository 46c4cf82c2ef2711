import { expect, it } from 'vitest';
import en from '../../locales/en.json' with { type: 'json' };
import { ruleText } from './rule-text.ts';

const labels: Record<string, Record<string, string>> = { rule: en.rule, preAggregator: en.preAggregator };
const t = (key: string) => {
  const [group = '', name = ''] = key.split('.');
  return labels[group]?.[name] ?? key;
};

it('names what runs before a rule, in order, with its parameters', () => {
  expect(ruleText({ rule: 'median' }, t)).toBe('Coordinate-wise median');
  const pre = [
    { pre: 'arc', byzantine: 2 },
    { pre: 'bucketing', size: 2, seed: 7 },
  ];
  expect(ruleText({ rule: 'trimmed-mean', trim: 1, pre }, t)).toBe(
    'Adaptive clipping (ARC) (byzantine 2) → Bucketing (size 2, seed 7) → Trimmed mean (trim 1)',
  );
});
