/** What one cell of a table says. Nothing here depends on a locale, a time zone or a library of the host. */

/** Spaces and tabs around a value are not part of it. */
export function trimmed(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;

export const cellTypes = ['number', 'boolean', 'date'] as const;
export type CellType = (typeof cellTypes)[number];

const number = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const booleans = new Map([
  ...['true', 'yes', 't', 'y'].map((word) => [word, 1] as const),
  ...['false', 'no', 'f', 'n'].map((word) => [word, 0] as const),
]);
const date = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,9})?))?Z?)?$/;
/** A day in some other order, of which nobody can say which. */
const otherDate = /^[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}(?:[ T].*)?$/;
/** Longer numbers are none that a person or program wrote. */
const MAX_NUMBER = 64;

/** The cell as a number of this type; NaN where it is none. */
export function parseCell(text: string, type: CellType): number {
  if (type === 'number') return parseNumber(text);
  if (type === 'boolean') return text.length <= 5 ? (booleans.get(lowerAscii(text)) ?? Number.NaN) : Number.NaN;
  return parseDate(text);
}

/** The one type that a cell has: no text is of two. */
export function typeOfCell(text: string): CellType | undefined {
  return cellTypes.find((type) => !Number.isNaN(parseCell(text, type)));
}

/** The nearest double of a decimal; NaN where that is not finite. */
function parseNumber(text: string): number {
  if (text.length > MAX_NUMBER || !number.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 32));
}

/** Days since 1970-01-01, proleptic Gregorian. */
function parseDate(text: string): number {
  const match = date.exec(text);
  if (!match) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const valid = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60;
  if (!valid || second >= 60) return Number.NaN;
  return daysBefore(year, month) + day - 1 + (hour * 3600 + minute * 60 + second) / 86_400;
}

const isLeap = (year: number) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysIn = (year: number, month: number) => monthDays[month - 1]! + Number(month === 2 && isLeap(year));

/** Days from 1970-01-01 to the first of a month. */
function daysBefore(year: number, month: number): number {
  const years = (end: number) => end * 365 + Math.floor(end / 4) - Math.floor(end / 100) + Math.floor(end / 400);
  let days = years(year - 1) - years(1969);
  for (let one = 1; one < month; one++) days += daysIn(year, one);
  return days;
}

export function looksLikeOtherDate(text: string): boolean {
  return text.length <= 40 && otherDate.test(text) && Number.isNaN(parseDate(text));
}
