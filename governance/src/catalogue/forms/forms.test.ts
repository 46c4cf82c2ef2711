import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { encodeFunctionData, getAddress, keccak256, pad, toHex } from 'viem';
import type { Abi, AbiFunction, Address, Hex } from 'viem';
import { describe, expect, test } from 'vitest';
import { contractAbis, contractNames } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import { cidFromChain } from '@covey/protocol';
import { decodeAction } from '../decode.ts';
import { flattenActions } from '../decoded.ts';
import { permissionNames, permissionId } from '../../permissions.ts';
import { standardAbis } from '../standards.ts';
import { buildActions, formatField, formOf, governanceForms, parseForm, readForms } from './index.ts';
import type { Form, FormField, FormValues } from './index.ts';

const addressOf = (seed: string): Address => getAddress(`0x${keccak256(toHex(seed)).slice(26)}`);
const deployment = {
  chainId: 31_337,
  startBlock: 1,
  ...Object.fromEntries(contractNames.map((name) => [name, addressOf(name)])),
} as Deployment;

const number = { unit: 'count', min: 0n, max: 2n ** 128n - 1n };
const policy = Object.fromEntries(params.map((name) => [name, number]));

const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => toHex(value));
const foreign = hex(20).map((value) => getAddress(value));
const address = fc.oneof(
  foreign,
  fc.constantFrom(...contractNames).map((name) => deployment[name]!),
);
const permission = fc.oneof(hex(32), fc.constantFrom(...permissionNames).map(permissionId));
const setting = fc.record({ where: address, who: address, permissionId: permission }).chain((base) =>
  fc.oneof(
    fc.constantFrom('grant' as const, 'revoke' as const).map((operation) => ({ operation, ...base })),
    hex(20).map((it) => ({
      operation: 'grantWithCondition' as const,
      ...base,
      condition: getAddress(`0x1${it.slice(3)}`),
    })),
  ),
);

/** Values that the field allows. */
function valueOf({ name, type, options, min = 0n, max = 2n ** 96n - 1n }: FormField): fc.Arbitrary<unknown> {
  switch (type) {
    case 'address':
      // A contract of Covey is no foreign token.
      return ['token', 'proxy'].includes(name) ? foreign : address;
    case 'contract':
    case 'choice':
    case 'param':
      return fc.constantFrom(...(options ?? []));
    case 'permission':
      return permission;
    case 'permissions':
      return fc.array(setting, { minLength: 1, maxLength: 3 });
    case 'cid':
      return fc
        .tuple(fc.constantFrom(0x55n, 0x70n, 0x0129n), hex(32))
        .map(([codec, digest]) => cidFromChain({ codec, digest }));
    case 'uri':
      return fc.webUrl();
    case 'hash':
      return hex(32);
    case 'bytes':
      return fc.integer({ min: 1, max: 40 }).chain(hex);
    case 'bytes4':
      return hex(4);
    case 'flag':
      return fc.boolean();
    case 'signature':
      return fc.constant('function pay(address to, uint256 amount)');
    case 'arguments':
      return fc.tuple(hex(20), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String));
    case 'text':
      return fc.string();
    default:
      return fc.bigInt({ min, max });
  }
}

const valuesOf = (form: Form): fc.Arbitrary<FormValues> =>
  fc
    .record(Object.fromEntries(form.fields.map((field) => [field.name, valueOf(field)])), {
      requiredKeys: form.fields.filter(({ optional }) => !optional).map(({ name }) => name),
    })
    .map((values) => values as FormValues)
    .filter((values) => form.check(values).length === 0);

const textsOf = (form: Form, values: FormValues) =>
  Object.fromEntries(
    form.fields.flatMap((field) => {
      const value = values[field.name];
      return value === undefined ? [] : [[field.name, formatField(field, value, { number })]];
    }),
  );

describe.each(governanceForms.map((form) => [form.kind, form] as const))('%s', (kind, form) => {
  test('its texts are read as the values that they were written from', () => {
    fc.assert(
      fc.property(valuesOf(form), (values) => {
        expect(parseForm(kind, textsOf(form, values), { deployment, policy })).toEqual({ ok: true, values });
      }),
    );
  });

  test('every field that is wrong is named, and nothing is built', () => {
    const texts = Object.fromEntries(form.fields.map(({ name }) => [name, '~']));
    const parsed = parseForm(kind, { ...texts, surplus: '1' }, { deployment, policy });
    expect(parsed).toMatchObject({ ok: false });
    const errors = parsed.ok ? [] : parsed.errors.map(({ field }) => field);
    expect(errors).toEqual(['surplus', ...form.fields.filter(({ type }) => type !== 'text').map(({ name }) => name)]);
    const needed = form.fields.filter(({ optional }) => !optional);
    expect(parseForm(kind, {})).toEqual({
      ok: false,
      errors: needed.map(({ name }) => ({ field: name, code: 'missing' })),
    });
  });
});

// The chain keeps no signature of a call made by an ABI: whoever votes sees it raw.
describe.each(governanceForms.filter(({ kind }) => kind !== 'call.abi').map((form) => [form.kind, form] as const))(
  '%s',
  (_kind, form) => {
    test('what is built is decoded to the same values, and encodes to the same bytes', () => {
      fc.assert(
        fc.property(valuesOf(form), (values) => {
          const actions = form.build(deployment, values);
          const calls = actions.map((action) => decodeAction(action, deployment));
          expect(form.read(calls, deployment)).toEqual(values);
          for (const call of flattenActions(calls)) {
            if (call.kind !== 'call') continue;
            const abi = { ...contractAbis, ...standardAbis }[call.contract] as Abi;
            const item = abi.filter(
              (candidate): candidate is AbiFunction =>
                candidate.type === 'function' &&
                candidate.name === call.function &&
                candidate.inputs.length === call.args.length,
            );
            const encoded = item.map((candidate) =>
              encodeFunctionData({
                abi: [candidate],
                functionName: candidate.name,
                args: call.args.map(({ value }) => value),
              }),
            );
            expect(encoded).toContain(call.data);
          }
          // However the calls are read back, by this form or a more literal one, they are these calls.
          expect(buildActions(deployment, readForms(actions, deployment))).toEqual(actions);
        }),
        { numRuns: 25 },
      );
    });
  },
);

describe('texts', () => {
  const parsed = (kind: string, texts: Record<string, string>, limits = policy) =>
    parseForm(kind, texts, { deployment, policy: limits });
  const errorsOf = (...args: Parameters<typeof parsed>) => {
    const result = parsed(...args);
    return result.ok ? [] : result.errors;
  };

  test.each([
    ['0.25', 'ratio', 25n * 10n ** 16n],
    ['250.5', 'wei', 2505n * 10n ** 17n],
    ['7wei', 'wei', 7n],
    ['7d', 'seconds', 604_800n],
    ['90m', 'seconds', 5_400n],
    ['12', 'count', 12n],
  ])('%s of a number in %s', (text, unit, value) => {
    const limits = { ...policy, roundFee: { ...number, unit } };
    expect(parsed('policy.set', { param: 'roundFee', value: text }, limits)).toEqual({
      ok: true,
      values: { param: 'roundFee', value },
    });
  });

  test('a policy number keeps to the bounds of the contract', () => {
    const limits = { ...policy, roundFee: { unit: 'ratio', min: 5n, max: 10n ** 17n } };
    const at = (value: string) => errorsOf('policy.set', { param: 'roundFee', value }, limits);
    expect(at('0')).toEqual([{ field: 'value', code: 'too-small', expected: '5' }]);
    expect(at('0.2')).toEqual([{ field: 'value', code: 'too-large', expected: `1${'0'.repeat(17)}` }]);
    expect(at('0.1')).toEqual([]);
    expect(at('1e3')).toMatchObject([{ code: 'malformed' }]);
    expect(at('-1')).toMatchObject([{ code: 'malformed' }]);
    expect(errorsOf('policy.set', { param: 'roundFee', value: '0.2' }, {})).toEqual([
      { field: 'value', code: 'unknown-number' },
    ]);
    expect(errorsOf('policy.set', { param: 'gama', value: '1' })).toMatchObject([
      { field: 'param', code: 'unknown-option' },
      { field: 'value' },
    ]);
  });

  test('contracts and permissions go by their names', () => {
    expect(
      parsed('permission.grant', { where: 'policy', who: 'emission', permission: 'SET_POLICY_PERMISSION' }),
    ).toEqual({
      ok: true,
      values: { where: deployment.policy, who: deployment.emission, permission: permissionId('SET_POLICY') },
    });
    expect(errorsOf('permission.grant', { where: 'nobody', who: 'emission', permission: 'SET' })).toMatchObject([
      { field: 'where', code: 'malformed' },
      { field: 'permission', code: 'malformed' },
    ]);
  });

  test('an address with a wrong checksum is a typing error', () => {
    const right = getAddress(pad('0xabcdef', { size: 20 }));
    const wrong = right
      .replace(/[A-F]/, (letter) => letter.toLowerCase())
      .replace(/[a-f](?!.*[a-f])/, (letter) => letter.toUpperCase());
    const errors = (to: string) => errorsOf('treasury.coin', { to, amount: '1' });
    expect(errors(right)).toEqual([]);
    expect(errors(right.toLowerCase())).toEqual([]);
    expect(errors(wrong)).toMatchObject([{ field: 'to', code: 'malformed' }]);
  });

  test('moments need their zone', () => {
    const pause = (until: string) => parsed('deposits.pause', { contract: 'stakeManager', until });
    expect(pause('2026-11-22T20:35:00+01:00')).toMatchObject({ ok: true, values: { until: 1_795_376_100n } });
    expect(pause('2026-11-22T20:35:00')).toMatchObject({ ok: false });
    expect(pause('2026-13-22T20:35:00Z')).toMatchObject({ ok: false });
  });

  test('fields that do not fit each other', () => {
    const call = { to: 'dao', signature: 'pay(address,uint256)' };
    expect(errorsOf('call.abi', { ...call, arguments: '["1"]' })).toEqual([
      { field: 'arguments', code: 'mismatch', expected: '[address, uint256]' },
    ]);
    const permissions = (entry: object) => {
      const version = { repo: 'dao', release: '1', build: '1', plugin: 'dao' };
      return errorsOf('plugin.uninstall', { ...version, permissions: JSON.stringify([entry]) });
    };
    const entry = { operation: 'grant', where: 'dao', who: 'policy', permission: 'EXECUTE' };
    expect(permissions(entry)).toEqual([]);
    for (const change of [
      { condition: 'policy' },
      { operation: 'grantWithCondition' },
      { who: undefined },
      { operation: 'x' },
    ])
      expect(permissions({ ...entry, ...change })).toMatchObject([{ field: 'permissions', code: 'malformed' }]);
  });

  test('there is no form of another kind', () => {
    expect(formOf('nonsense')).toBeUndefined();
    for (const use of [
      () => parseForm('nonsense', {}),
      () => buildActions(deployment, [{ kind: 'nonsense', values: {} }]),
    ])
      expect(use).toThrowError(expect.objectContaining({ code: 'GOV_UNKNOWN_FORM' }) as Error);
  });
});

test('policy numbers beside each other become one version, and are read apart again', () => {
  const filled = [
    { kind: 'policy.set', values: { param: 'roundFee', value: 1n } },
    { kind: 'policy.set', values: { param: 'rankRatio', value: 2n } },
    { kind: 'task.approve', values: { taskId: 1n } },
    { kind: 'policy.set', values: { param: 'roundFee', value: 3n } },
  ] as const;
  const actions = buildActions(deployment, filled);
  expect(actions).toHaveLength(3);
  expect(readForms(actions, deployment)).toEqual(filled);
});

test('calls that no form makes are raw ones, whole', () => {
  const data: Hex = '0x12345678';
  expect(readForms([{ to: addressOf('somebody'), value: 5n, data }], deployment)).toEqual([
    { kind: 'call.raw', values: { to: addressOf('somebody'), data, value: 5n } },
  ]);
});

test('the reference lists every form, and no other', async () => {
  const reference = await readFile(new URL('../../../../docs/reference/governance.md', import.meta.url), 'utf8');
  const listed = [...reference.matchAll(/^\| `([a-z]+\.[a-z0-9]+)`/gm)].map(([, kind]) => kind);
  expect(listed).toEqual(governanceForms.map(({ kind }) => kind));
});

/** Functions that ask for a permission which only contracts of Covey hold, and why no form offers them to the DAO. */
const withoutForm: Readonly<Record<string, string>> = {
  addCommon: 'emission joins the budget of the task whose round earned it',
  allocateRound: 'the round manager opens rounds',
  bind: 'the round manager binds the stake of who joins',
  closeRound: 'the round manager closes rounds',
  convict: 'the inference desk has hosts slashed by rulings, for which there is a form',
  finalize: 'results ends rounds whose result stands',
  forfeitCreationStake: 'the round manager settles withheld keys, and ciphertexts by a ruling on the results',
  freeze: 'the slash court freezes stakes under accusation',
  hold: 'the court of answers and the desk keep a host’s stake bound',
  letGo: 'the court of answers and the desk let it go',
  lower: 'the court of answers says what its cases took',
  markAccepted: 'results accepts what the seats revealed',
  markChallenged: 'results takes challenges',
  mint: 'emission mints; the DAO changes its numbers in the policy',
  payForfeit: 'submissions pays who revealed before a key was withheld',
  payOut: 'the reward distributor opens claims',
  repeatRound: 'results has validators drawn anew',
  returnToRound: 'the reward distributor gives back what nobody claimed',
  slash: 'the slash court slashes after the appeal',
  unbind: 'the slash court frees stake that a round has read',
  unfreeze: 'the slash court frees stakes whose cases are over',
  voidRound: 'results ends rounds without one',
};

test('every function that asks the DAO for a permission has a form, or a reason why it has none', async () => {
  const sources = fileURLToPath(new URL('../../../../contracts/src', import.meta.url));
  const files = (await readdir(sources, { recursive: true })).filter((name) => name.endsWith('.sol'));
  const texts = await Promise.all(files.map((name) => readFile(join(sources, name), 'utf8')));
  const guarded = texts.flatMap((text) =>
    [...text.matchAll(/function (\w+)\([^)]*\)([^{;]*)\{/g)]
      .filter(([, , modifiers]) => /\bauth\(/.test(modifiers ?? ''))
      .map(([, name]) => name!),
  );
  expect(guarded.length).toBeGreaterThan(20);
  const offered = governanceForms.flatMap((form) =>
    fc
      .sample(valuesOf(form), { numRuns: 3, seed: 1 })
      .flatMap((values) => buildActions(deployment, [{ kind: form.kind, values }]))
      .flatMap((action) => flattenActions([decodeAction(action, deployment)]))
      .flatMap((call) => (call.kind === 'call' ? [call.function] : [])),
  );
  const missing = new Set(guarded.filter((name) => !offered.includes(name)));
  expect([...missing].sort()).toEqual(Object.keys(withoutForm).sort());
});
