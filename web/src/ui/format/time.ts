const STEPS: [Intl.RelativeTimeFormatUnit & Intl.NumberFormatOptions['unit'], number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

export function formatDate(seconds: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(seconds * 1000);
}

/** The same with its zone: until when something can be done. */
export function formatDeadline(seconds: number, locale: string): string {
  const date = { year: 'numeric', month: 'short', day: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  return new Intl.DateTimeFormat(locale, { ...date, ...time }).format(seconds * 1000);
}

/** `from` is chain time: a development chain's clock may run ahead of the reader's. */
export function formatRelative(seconds: number, from: number, locale: string): string {
  const delta = seconds - from;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(delta) >= step) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.round(delta / size), unit);
}

/** The two largest units of a length, e.g. "1 day 6 hr". */
export function formatDuration(seconds: number, locale: string): string {
  if (seconds === 0) return new Intl.NumberFormat(locale, { style: 'unit', unit: 'second' }).format(0);
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of STEPS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0)
      parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(amount));
    if (parts.length === 2) break;
  }
  return parts.join(' ');
}
