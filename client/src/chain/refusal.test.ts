import { knownErrorsAbi, params, type ParamName } from '@covey/contracts/abi';
import { contractErrors } from '@covey/contracts/abi/errors';
import { encodeErrorResult, parseEther, type AbiParameter } from 'viem';
import { describe, expect, it } from 'vitest';
import { memberOf, unitOf } from './refusal-units.ts';
import { decodeRevert } from './revert.ts';

const node = '0x00000000000000000000000000000000000000AA';
const at = 1_796_094_005n; // 2026-12-01 03:00:05 UTC

/** A value of the type that no other could be taken for. */
function sample({ type, components }: AbiParameter & { components?: readonly AbiParameter[] }): unknown {
  if (type === 'uint8[3]') return [1, 4, 0];
  if (type === 'address') return node;
  if (type === 'string') return 'text';
  if (type === 'bytes') return '0x1234';
  if (type === 'tuple') return Object.fromEntries((components ?? []).map((one) => [one.name, sample(one)]));
  const bytes = /^bytes(\d+)$/.exec(type)?.[1];
  if (bytes) return `0x${'5c'.repeat(Number(bytes))}`;
  const bits = Number(/^uint(\d+)$/.exec(type)![1]);
  return bits <= 48 ? 1 : 1n;
}

const texts = (name: string, args: readonly unknown[]) =>
  decodeRevert(encodeErrorResult({ abi: knownErrorsAbi, errorName: name, args } as never))!.text;

describe('every error of the contracts', () => {
  it.each(knownErrorsAbi.map((item) => [item.name, item.inputs as readonly AbiParameter[]] as const))(
    '%s is a sentence with all that it is about',
    (name, inputs) => {
      const args = inputs.map(sample);
      const text = decodeRevert(encodeErrorResult({ abi: [{ type: 'error', name, inputs }], args } as never))!.text;
      const meaning = contractErrors[name]!.meaning.replace(/\.$/, '');
      expect(text.startsWith(meaning)).toBe(true);
      expect(text.slice(meaning.length)).toMatch(inputs.length === 0 ? /^\.$/ : /^ \([^]+\)\.$/);
      expect(meaning).not.toMatch(/1e18|, in wei|unix/);
      for (const { name: argument = '', type, internalType } of inputs) {
        if (!/^uint\d+$/.test(type)) continue;
        const known = memberOf(internalType, 1n) ?? unitOf(name, argument, name === 'SettingOutOfBounds' ? 'delay' : 0);
        expect(known ?? /^enum (Status|RewardDistributor.Refusal)$/.exec(internalType ?? ''), argument).toBeTruthy();
      }
    },
  );
});

describe('numbers are in units of people', () => {
  const param = (name: ParamName) => params.indexOf(name);

  it.each<[string, readonly unknown[], string]>([
    [
      'StakeTooLow',
      [node, parseEther('12.5'), parseEther('12500')],
      `node ${node}, stake 12.5 COVEY, minimum 12,500 COVEY`,
    ],
    ['CooldownTooShort', [90_061n, 864_000n], 'cooldown 1 d 1 h 1 min 1 s, minimum 10 d'],
    ['CommissionTooHigh', [parseEther('0.255'), parseEther('0.2')], 'commission 25.5 %, maximum 20 %'],
    ['StillLocked', [7n, Number(at)], 'lock 7, unlocks at 2026-12-01 03:00:05 UTC'],
    ['WrongPhase', [3n, 2, 3, 4], 'task 3, round 2, expected commit, actual reveal'],
    [
      'ValueOutOfBounds',
      [param('unlockRatio'), parseEther('2'), 0n, parseEther('1')],
      'param unlockRatio, value 200 %, min 0 %, max 100 %',
    ],
    [
      'ValueOutOfBounds',
      [param('challengeBond'), 1n, parseEther('1'), parseEther('9')],
      'param challengeBond, value 0.000000000000000001 COVEY, min 1 COVEY, max 9 COVEY',
    ],
    ['ValueOutOfBounds', [param('caseWindow'), 5n, 3_600n, 86_400n], 'param caseWindow, value 5 s, min 1 h, max 1 d'],
    [
      'ValueOutOfBounds',
      [param('maxSubmissionBytes'), 5n, 6n, 2_000_000n],
      'value 5 bytes, min 6 bytes, max 2,000,000 bytes',
    ],
    ['SettingOutOfBounds', ['supportThreshold', 400_000n, 500_000n, 950_000n], 'value 40 %, min 50 %, max 95 %'],
    ['SettingOutOfBounds', ['delay', 60n, 3_600n, 2_592_000n], 'setting delay, value 1 min, min 1 h, max 30 d'],
    ['BeaconTooEarly', [at, 21_000_000n], 'end 2026-12-01 03:00:05 UTC, available from block 21000000'],
    ['WrongState', [`0x${'00'.repeat(32)}`, 2, 0b110n], 'state active, expected pending or active'],
    ['MultiplierTooHigh', [parseEther('11'), parseEther('10')], 'multiplier 11 ×, maximum 10 ×'],
    ['RatioOutOfBounds', [1_000_000n, 1_500_000n], 'limit 100 %, actual 150 %'],
    ['TooLate', [1n, 0, 2n ** 255n], 'task 1, round 0, end second 5789604461865809771178549250434395392663499'],
  ])('%s %#', (name, args, said) => expect(texts(name, args)).toContain(said));
});

it('an error that a caller alone knows is told by its name, and long texts are cut', () => {
  const abi = [{ type: 'error', name: 'Odd', inputs: [{ type: 'string', name: 'why' }] }] as const;
  const data = encodeErrorResult({ abi, args: ['x'.repeat(300)] });
  expect(decodeRevert(data, abi)?.text).toBe(`Odd (why ${'x'.repeat(200)}…).`);
  expect(decodeRevert(data)).toBeUndefined();
});
