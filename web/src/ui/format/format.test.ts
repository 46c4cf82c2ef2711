import { describe, expect, it } from 'vitest';
import { exactLabel, exactTokens, formatTokens, isDust, parseTokens } from './amount.ts';
import { formatContribution, formatLoss, formatPercent, natsPerSample } from './metric.ts';
import { ratioToNumber, share } from './ratio.ts';
import { shorten } from './text.ts';
import { formatDuration, formatRelative } from './time.ts';

const token = 10n ** 18n;

describe('amounts in wei', () => {
  it('are read from what people type, to the last digit, and from nothing else', () => {
    expect(parseTokens(' 12.000000000000000001 ')).toBe(12_000_000_000_000_000_001n);
    expect(parseTokens('007')).toBe(7n * 10n ** 18n);
    for (const text of ['', '0', '-1', '1e3', '1,5', '1.', '.5', '0x10', '1.0000000000000000001', '1234567890123'])
      expect(parseTokens(text), text).toBe(0n);
  });

  it('keeps every digit in the exact form', () => {
    expect(exactTokens(1n)).toBe('0.000000000000000001');
    expect(exactTokens(123456789n * token + 10n)).toBe('123456789.00000000000000001');
    expect(exactTokens(-15n * 10n ** 17n)).toBe('-1.5');
    expect(exactTokens(0n)).toBe('0');
    expect(exactLabel(2n * token + 1n, 'COVEY')).toBe('2.000000000000000001 COVEY (2000000000000000001 wei)');
  });

  it('rounds for reading, without ever showing a positive amount as zero', () => {
    expect(formatTokens(1234567n * token + token / 3n, 'en')).toBe('1,234,567.33');
    expect(formatTokens(5n, 'en')).toBe('0.000000000000000005');
    expect(formatTokens(123456n * 10n ** 8n, 'en')).toBe('0.0000123');
    expect(formatTokens(0n, 'en')).toBe('0');
    expect([0n, 1n, -7n, 10n ** 12n - 1n, 10n ** 12n].map(isDust)).toEqual([false, true, true, true, false]);
  });

  it('keeps precision where a float would lose it', () => {
    expect(formatTokens(900_719_925_474_099_312n * token, 'en')).toBe('900,719,925,474,099,312');
  });

  it('compacts large totals in the language of the reader', () => {
    expect(formatTokens(470_000_000n * token, 'en', { compact: true })).toBe('470M');
    expect(formatTokens(470_000_000n * token, 'zh-Hans', { compact: true })).toBe('4.7亿');
    expect(formatTokens(470_000_000n * token, 'zh-Hant', { compact: true })).toBe('4.7億');
  });
});

describe('losses', () => {
  it('turns sums of 2^-32 nat into nats per sample', () => {
    expect(natsPerSample(1n << 32n, 1)).toBe(1);
    expect(natsPerSample(5n << 32n, 2)).toBe(2.5);
    // ln(10) per sample over 1000 samples, the loss of guessing among ten digits.
    expect(natsPerSample(BigInt(Math.round(Math.LN10 * 2 ** 32)) * 1000n, 1000)).toBeCloseTo(Math.LN10, 5);
    expect(natsPerSample(-(1n << 31n), 1)).toBe(-0.5);
  });

  it('survives sums that a float cannot hold', () => {
    expect(natsPerSample((1n << 62n) * 10n, 10)).toBe(2 ** 30);
  });

  it('shows a dash for no samples rather than a number', () => {
    expect(formatLoss(1n, 0, 'en')).toBe('–');
    expect(formatPercent(Number.NaN, 'en')).toBe('–');
  });

  it('shows a contribution without a sign', () => {
    expect(formatContribution(1n << 32n, 100, 'en')).toBe('0.01000');
    expect(formatContribution(0n, 100, 'en')).toBe('0.00000');
  });
});

describe('shares, names and times', () => {
  it('divides integers before they become floats', () => {
    expect(share(2n * token, 3n * token)).toBe(0.666666);
    expect(share(1n, 0n)).toBe(0);
    expect(ratioToNumber(667n * 10n ** 15n)).toBe(0.667);
  });

  it('shortens only what is long', () => {
    expect(shorten('0x1234567890abcdef1234567890abcdef12345678')).toBe('0x1234…5678');
    expect(shorten('short')).toBe('short');
  });

  it('counts from chain time', () => {
    expect(formatRelative(1_000_120, 1_000_000, 'en')).toBe('in 2 minutes');
    expect(formatRelative(1_000_000, 1_000_000 + 7_200, 'en')).toBe('2 hours ago');
    expect(formatDuration(90_061, 'en')).toBe('1 day 1 hr');
    expect(formatDuration(0, 'en')).toBe('0 sec');
  });
});
