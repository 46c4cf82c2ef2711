import { expect, it } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { logger, type LogOptions } from './logger.ts';
import { coveys, duration, moment } from './words.ts';

function logged(events: NodeEvent[], options: Partial<LogOptions> = {}): string[] {
  const lines: string[] = [];
  const log = logger({
    format: 'text',
    least: 'info',
    isTerminal: false,
    write: (line) => lines.push(line),
    ...options,
  });
  for (const event of events) log(event);
  return lines;
}

const at = { taskId: 7n, round: 2 };
const mined = { tx: `0x${'ab'.repeat(32)}`, gasUsed: 21_000n } as const;
const joined: NodeEvent = {
  ...{ event: 'joined', role: 'trainer', ratio: 5n * 10n ** 17n, stake: 1_234_567n * 10n ** 16n },
  ...{ node: '0x00000000000000000000000000000000000000aa', ...at, ...mined },
};
const debug: NodeEvent = { event: 'tx-sent', what: 'Joining', tx: mined.tx, nonce: 4, maxPrice: 10n ** 9n };
const hostile: NodeEvent = {
  event: 'error',
  code: 'CONTENT_REFUSED',
  message: 'no\u001b[2J\nINFO  all is well',
  ...at,
};

it('writes a line with time, level, place and a sentence', () => {
  const [line, other, ...more] = logged([joined, debug, hostile]);
  expect(more).toEqual([]);
  expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z INFO {2}task 7 round 2: joined as trainer with 12,345.67 COVEY\n$/);
  expect(other).toMatch(/ ERROR task 7 round 2: CONTENT_REFUSED: no\\u\{1b\}\[2J\\u\{a\}INFO {2}all is well\n$/);
});

it('leaves out what is quieter than was asked for', () => {
  expect(logged([joined, debug, hostile], { least: 'error' })).toHaveLength(1);
  expect(logged([joined, debug, hostile], { least: 'debug' })).toHaveLength(3);
});

it('writes for programs one object a line, and for a person at a terminal the hour alone', () => {
  const [line] = logged([joined], { format: 'json' });
  expect(JSON.parse(line!)).toMatchObject({
    ...{ schema: 'covey.event/1', level: 'info', event: 'joined', taskId: '7', round: 2, gasUsed: '21000' },
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string,
  });
  expect(logged([joined], { isTerminal: true })[0]).toMatch(/^\d\d:\d\d:\d\d INFO {2}task 7/);
});

it('says amounts and times as people do', () => {
  expect([0n, 1n, 15n * 10n ** 17n, 1_234_567n * 10n ** 18n].map(coveys)).toEqual([
    '0 COVEY',
    '<0.0001 COVEY',
    '1.5 COVEY',
    '1,234,567 COVEY',
  ]);
  expect([0, 42, 119, 720, 11_100, 187_200].map(duration)).toEqual([
    '0 s',
    '42 s',
    '119 s',
    '12 min',
    '3 h 5 min',
    '2 d 4 h',
  ]);
  expect(moment(1_764_597_900)).toBe('2025-12-01 14:05 UTC');
});
