const WEI = 10n ** 18n;

/** All digits of an amount in wei as a decimal number of tokens, without trailing zeros. */
export function exactTokens(wei: bigint): string {
  const sign = wei < 0n ? '-' : '';
  const size = wei < 0n ? -wei : wei;
  const fraction = (size % WEI).toString().padStart(18, '0').replace(/0+$/, '');
  return `${sign}${size / WEI}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Readable tokens: two decimals, or three significant digits for what would show as zero. Rounds for reading only. */
export function formatTokens(wei: bigint, locale: string, options: { compact?: boolean } = {}): string {
  const exact = exactTokens(wei) as Intl.StringNumericLiteral;
  const size = wei < 0n ? -wei : wei;
  if (options.compact && size >= 10_000n * WEI) {
    return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 }).format(exact);
  }
  const tiny = size > 0n && size < WEI / 100n;
  return new Intl.NumberFormat(
    locale,
    tiny ? { maximumSignificantDigits: 3, minimumFractionDigits: 0 } : { maximumFractionDigits: 2 },
  ).format(exact);
}

/** What hovering an amount shows: every digit, and the integer that the chain holds. */
export function exactLabel(wei: bigint, symbol: string): string {
  return `${exactTokens(wei)} ${symbol} (${wei} wei)`;
}

/** Amounts below a millionth of a token (what rounding leaves) read better as whole wei. */
export function isDust(wei: bigint): boolean {
  const size = wei < 0n ? -wei : wei;
  return size > 0n && size < WEI / 1_000_000n;
}

/** What somebody typed, in wei; 0 for what is no positive amount of whole tokens with at most 18 decimals. */
export function parseTokens(text: string): bigint {
  const written = text.trim().match(/^(\d{1,12})(?:\.(\d{1,18}))?$/);
  return written ? BigInt(written[1] as string) * WEI + BigInt((written[2] ?? '').padEnd(18, '0')) : 0n;
}
