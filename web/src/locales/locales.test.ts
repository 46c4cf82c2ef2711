import { describe, expect, it } from 'vitest';
import en from './en.json' with { type: 'json' };
import zhHans from './zh-Hans.json' with { type: 'json' };
import zhHant from './zh-Hant.json' with { type: 'json' };
import {
  beaconKinds,
  caseStates,
  params,
  rankings,
  reasons,
  roles,
  roundPhases,
  taskStates,
  voidReasons,
} from '@covey/contracts/abi';
import { permissionNames } from '@covey/governance';
import { taskModes, verdicts } from '@covey/protocol';
import { stakeEvents, taskEvents } from '@covey/server/schema';
import { preAggregators, rules, shardRules } from '@covey/wasm-core';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const source = flatten(en);
const placeholders = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();
const others = { 'zh-Hans': flatten(zhHans), 'zh-Hant': flatten(zhHant) };

describe.each(Object.entries(others))('%s', (_locale, messages) => {
  it('has exactly the keys of the English source', () => {
    expect([...messages.keys()].sort()).toEqual([...source.keys()].sort());
  });

  it('has the same placeholders in each message', () => {
    for (const [key, text] of source)
      expect([key, placeholders(messages.get(key) ?? '')]).toEqual([key, placeholders(text)]);
  });

  it('is translated: what has several words in English is not left in English', () => {
    const left = [...source].filter(([key, text]) => text === messages.get(key) && /[a-z]{3,} [a-z]{3,}/i.test(text));
    expect(left).toEqual([]);
  });

  it('has no characters of the other script', () => {
    const text = [...messages.values()].join('');
    const foreign = _locale === 'zh-Hans' ? /[與個為從會這質驗證輪罰雜湊資軟]/ : /[与个为从会这质验证轮罚资软轻]/;
    expect(text.match(foreign)).toBeNull();
  });
});

describe('the English source', () => {
  it.each<[keyof typeof en, readonly string[]]>([
    ['phase', roundPhases],
    ['phaseText', roundPhases.filter((phase) => phase !== 'none')],
    ['voidReason', voidReasons],
    ['reason', reasons],
    ['caseState', caseStates],
    ['taskState', taskStates],
    ['taskEvent', taskEvents],
    ['stakeEvent', stakeEvents],
    ['role', roles],
    ['ranking', rankings],
    ['rankingText', rankings],
    ['mode', taskModes],
    ['params', params],
    ['verdict', verdicts],
    ['verdictText', verdicts],
  ])('names all of what is listed under %s, and no other', (key, names) => {
    expect(Object.keys(en[key]).sort()).toEqual([...names].sort());
  });

  it('says what each permission lets its holder do, and where seeds come from', () => {
    expect(Object.keys(en.permission.can).sort()).toEqual([...permissionNames, 'unknown'].sort());
    expect(Object.keys(en.round.beaconText).sort()).toEqual([...beaconKinds].sort());
  });

  it('names every rule and pre-aggregator that a task may have, and no other', () => {
    const names = (all: readonly { name: string }[]) => all.map(({ name }) => name).sort();
    expect(Object.keys(en.rule).sort()).toEqual(names([...rules, ...shardRules]));
    expect(Object.keys(en.preAggregator).sort()).toEqual(names(preAggregators));
  });
});
