import { escapeHidden } from '@covey/protocol';
import type { NodeEvent } from '../events.ts';
import { sentenceOf } from '../log/sentences.ts';
import { toJson } from '../log/to-json.ts';
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
  /** What a command that ends does under way: only said, never on stdout. */
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
    step(event) {
      say(sentenceOf(event));
    },
    error(error) {
      if (json) print({ schema: 'covey.error/1', error: describeError(error) });
      for (const line of errorLines(error)) say(line);
    },
  };
}
