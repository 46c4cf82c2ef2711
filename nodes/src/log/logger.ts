import { escapeHidden } from '@covey/protocol';
import type { NodeEvent } from '../events.ts';
import { isSaid, type Level } from './levels.ts';
import { levelOf, sentenceOf } from './sentences.ts';
import { toJson } from './to-json.ts';

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LogOptions {
  format: LogFormat;
  least: Level;
  /** Whether a person looks at it: then without the date, and in colours. */
  isTerminal: boolean;
  write: (line: string) => void;
}

const colours: Record<Level, string> = { debug: '\u001b[2m', info: '', warn: '\u001b[33m', error: '\u001b[31m' };
const plain = '\u001b[0m';

/**
 * A daemon's log: a line an event, with time and level. What comes from a chain or a peer cannot speak to the terminal, nor
 * add lines of its own.
 */
export function logger({ format, least, isTerminal, write }: LogOptions): (event: NodeEvent) => void {
  return (event) => {
    const level = levelOf(event);
    if (!isSaid(level, least)) return;
    const time = new Date();
    if (format === 'json') write(`${toJson({ schema: 'covey.event/1', time: time.toISOString(), level, ...event })}\n`);
    else write(`${line(escapeHidden(sentenceOf(event)), level, time, isTerminal)}\n`);
  };
}

function line(sentence: string, level: Level, time: Date, isTerminal: boolean): string {
  const word = level.toUpperCase().padEnd(5);
  if (!isTerminal) return `${time.toISOString()} ${word} ${sentence}`;
  const clock = time.toTimeString().slice(0, 8);
  return `${colours[level]}${clock} ${word} ${sentence}${colours[level] && plain}`;
}
