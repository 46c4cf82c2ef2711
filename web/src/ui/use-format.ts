import { useI18n } from 'vue-i18n';
import { formatTokens } from './format/amount.ts';
import { formatContribution, formatLoss, formatPercent } from './format/metric.ts';
import { ratioToNumber } from './format/ratio.ts';
import { formatBytes } from './format/text.ts';
import { formatDate, formatDeadline, formatDuration, formatRelative } from './format/time.ts';

/** The formatters, bound to the reader's language. */
export function useFormat() {
  const { locale } = useI18n();
  return {
    integer: (value: number | bigint) => value.toLocaleString(locale.value),
    decimal: (value: number, digits = 2) =>
      new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits }).format(value),
    compact: (value: number) =>
      new Intl.NumberFormat(locale.value, {
        notation: value >= 10_000 ? 'compact' : 'standard',
        maximumFractionDigits: 2,
      }).format(value),
    tokens: (wei: bigint | string, compact = false) => formatTokens(BigInt(wei), locale.value, { compact }),
    percent: (value: number, digits?: number) => formatPercent(value, locale.value, digits),
    ratio: (value: string) => formatPercent(ratioToNumber(BigInt(value)), locale.value, 3),
    loss: (sum: string, count: number) => formatLoss(BigInt(sum), count, locale.value),
    contribution: (sum: string, count: number) => formatContribution(BigInt(sum), count, locale.value),
    bytes: (value: number) => formatBytes(value, locale.value),
    date: (seconds: number) => formatDate(seconds, locale.value),
    deadline: (seconds: number) => formatDeadline(seconds, locale.value),
    clock: (seconds: number) =>
      new Intl.DateTimeFormat(locale.value, { hour: '2-digit', minute: '2-digit' }).format(seconds * 1000),
    day: (seconds: number) =>
      new Intl.DateTimeFormat(locale.value, { month: 'short', day: 'numeric' }).format(seconds * 1000),
    relative: (seconds: number, from: number) => formatRelative(seconds, from, locale.value),
    duration: (seconds: number) => formatDuration(seconds, locale.value),
  };
}
