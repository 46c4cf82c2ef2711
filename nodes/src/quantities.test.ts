import { expect, it } from 'vitest';
import { bytesText, coveyText, durationText, parseAmount, parseDuration } from './quantities.ts';
import { momentText } from './cli/words/moment.ts';

it('times are written as they are read', () => {
  for (const seconds of [1, 59, 60, 61, 3_600, 3_661, 90_061, 86_400, 604_800]) {
    expect(parseDuration(durationText(seconds, 4))).toBe(seconds);
  }
  expect(['90 s', '1h30min', '2 d 3 h', '10 min '].map(parseDuration)).toEqual([90, 5_400, 183_600, 600]);
  expect(['', '60', '1.5 h', '-1 s', '1 week', 's', '1 h and 2 s'].map(parseDuration)).toEqual(
    Array(7).fill(undefined),
  );
  expect([durationText(0), durationText(90_061), durationText(-5)]).toEqual(['0 s', '1 d 1 h', '0 s']);
  expect(momentText(0, 12_000)).toBe('1970-01-01 00:00 UTC, 3 h 20 min ago');
});

it('amounts are written as they are read', () => {
  for (const wei of [0n, 1n, 10n ** 18n, 12_345_678n * 10n ** 18n, 123n * 10n ** 15n])
    expect(parseAmount(coveyText(wei))).toBe(wei);
  expect(['10 wei', '10wei', '0.5 COVEY', '1,000 COVEY'].map(parseAmount)).toEqual([
    10n,
    10n,
    5n * 10n ** 17n,
    1000n * 10n ** 18n,
  ]);
  expect(['', '10', '-1 COVEY', '1e3 COVEY', '0.5 wei', '1 ETH'].map(parseAmount)).toEqual(Array(6).fill(undefined));
});

it('sizes have the unit that fits', () => {
  expect([0, 1023, 1024, 300 * 1024, 5 * 2 ** 30].map(bytesText)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '300 KiB',
    '5.0 GiB',
  ]);
});
