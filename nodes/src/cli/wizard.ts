import { createInterface } from 'node:readline/promises';
import { escapeHidden } from '@covey/protocol';
import { InvalidArgumentError } from 'commander';
import { nodeError } from '../errors.ts';

/** Whether a person can be asked: both ends are a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** Ctrl-D and Ctrl-C. */
function leave(cause: unknown): never {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'ABORT_ERR')) throw cause;
  throw nodeError('CONFIG_INVALID', 'The questions were left before the last one: nothing was written.', { cause });
}

export interface Wizard {
  /** Asks until the answer can be read; an empty one is `fallback`, where there is one. */
  ask<T>(question: string, parse: (text: string) => T, fallback?: string): Promise<T>;
  close(): void;
}

/** Asks on stderr, so that stdout holds the result alone. */
export function wizard(): Wizard {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return {
    async ask(question, parse, fallback) {
      const text = `${escapeHidden(question)}${fallback === undefined ? '' : ` [${escapeHidden(fallback)}]`}: `;
      for (;;) {
        const answer = (await terminal.question(text).catch(leave)).trim();
        try {
          return parse(answer === '' && fallback !== undefined ? fallback : answer);
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
          process.stderr.write(`${escapeHidden(error.message)}\n`);
        }
      }
    },
    close: () => terminal.close(),
  };
}
