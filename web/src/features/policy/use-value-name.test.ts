import { onChainValues } from '@covey/governance';
import { params } from '@covey/contracts/abi/enums';
import { describe, expect, it } from 'vitest';
import en from '../../locales/en.json' with { type: 'json' };
import hans from '../../locales/zh-Hans.json' with { type: 'json' };
import hant from '../../locales/zh-Hant.json' with { type: 'json' };
import { valueNameKeys } from './use-value-name.ts';

const textAt = (messages: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], messages);

// `policy` alone stands for all its numbers.
const values = Object.keys(onChainValues).filter((id) => id !== 'policy');

describe.each([
  ['en', en],
  ['zh-Hans', hans],
  ['zh-Hant', hant],
])('%s', (_, messages) => {
  it.each([...values, ...params.map((param) => `policy.${param}`)])('has a name for %s', (what) => {
    const found = valueNameKeys(what).map((key) => textAt(messages, key));
    expect(found.filter((text) => typeof text === 'string')).not.toEqual([]);
  });

  it('has no name for a value that nothing changes or watches', () => {
    const named = (at: object, path: string[] = []): string[] =>
      Object.entries(at).flatMap(([name, inner]) =>
        typeof inner === 'string' ? [[...path, name].join('.')] : named(inner as object, [...path, name]),
      );
    expect(named(messages.simulation.what).filter((id) => !Object.hasOwn(onChainValues, id))).toEqual([]);
  });
});
