import { sentence } from '../../cli/words/say.ts';

/** What a check of a task found: one field of it, beside the bound that it must keep. */
export interface Finding {
  level: 'ok' | 'warn' | 'fail';
  /** As it stands in the draft, or what else was looked at. */
  field: string;
  value: string;
  /** In units that people read. */
  bound: string;
  /** What to do about it; absent where all is well. */
  next?: string;
}

export function ok(field: string, value: string, bound: string): Finding {
  return { level: 'ok', field, value, bound };
}

export function warn(field: string, value: string, bound: string, next: string): Finding {
  return { level: 'warn', field, value, bound, next };
}

export function fail(field: string, value: string, bound: string, next: string): Finding {
  return { level: 'fail', field, value, bound, next };
}

export const hasFailed = (findings: readonly Finding[]): boolean => findings.some(({ level }) => level === 'fail');

/** `fail  budget: 10 COVEY (at least 300 COVEY)`, with what to do on a line of its own. */
export function findingLines({ level, field, value, bound, next }: Finding): string[] {
  const line = `${level.padEnd(4)}  ${told(field)}: ${told(value)}${bound === '' ? '' : ` (${told(bound)})`}`;
  return next === undefined ? [line] : [line, `      ${told(next)}`];
}

/** In the reader's language, where that has it. */
const told = (text: string): string => sentence(text) ?? text;
