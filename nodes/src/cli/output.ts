import { escapeHidden } from '@covey/protocol';
import type { NodeEvent } from '../events.ts';
import { describeError } from './exit-codes.ts';
import { errorLines } from './words/error-lines.ts';

/**
 * Results go to stdout, everything said under way to stderr. What comes from a chain or a hub cannot speak to the
 * terminal, nor add lines of its own: it is escaped here, for every command.
 */
export interface Output {
  readonly json: boolean;
  /** The command's result: one JSON object, or lines for people. */
  result(schema: string, value: Record<string, unknown>, lines: string[]): void;
  /** What happens while it works. */
  progress(line: string): void;
  /** Of a daemon: one JSON object a line on stdout, or a line for people on stderr. */
  event(event: NodeEvent): void;
  /** Of a command that ends: only said, never on stdout. */
  step(event: NodeEvent): void;
  error(error: unknown): void;
}

export function output(json: boolean): Output {
  const say = (line: string) => process.stderr.write(`${escapeHidden(line)}\n`);
  const print = (value: Record<string, unknown>) => process.stdout.write(`${toJson(value)}\n`);
  return {
    json,
    progress: say,
    result(schema, value, lines) {
      if (json) print({ schema, ...value });
      else for (const line of lines) process.stdout.write(`${escapeHidden(line)}\n`);
    },
    event(event) {
      if (json) print({ schema: 'covey.event/1', ...event });
      else say(eventLine(event));
    },
    step(event) {
      say(eventLine(event));
    },
    error(error) {
      if (json) print({ schema: 'covey.error/1', error: describeError(error) });
      for (const line of errorLines(error)) say(line);
    },
  };
}

/**
 * Integers that may not fit a double are decimal strings. JSON leaves the controls above U+007F and the marks of direction
 * as they are, which a terminal obeys; escaped they mean the same to a parser.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (hidden) => hidden.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

function eventLine(event: NodeEvent): string {
  const { event: name, ...rest } = event;
  const round = 'round' in event && event.round !== undefined ? `round ${event.round} ` : '';
  const where = 'taskId' in event && event.taskId !== undefined ? `task ${event.taskId} ${round}` : '';
  const details = Object.entries(rest)
    .filter(([key, value]) => key !== 'taskId' && key !== 'round' && value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? toJson(value) : String(value)}`);
  return `${where}${name} ${details.join(' ')}`.trimEnd();
}
