import { afterEach, expect, it, vi } from 'vitest';
import { actionLines } from '@covey/governance';
import { toJson } from '../log/to-json.ts';
import { output } from './output.ts';

afterEach(() => vi.restoreAllMocks());

function written(stream: 'stdout' | 'stderr'): string[] {
  const chunks: string[] = [];
  vi.spyOn(process[stream], 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
  return chunks;
}

it('metadata with a terminal escape hides no call line, and adds none of its own', () => {
  const chunks = written('stdout');
  const lines = actionLines([
    {
      kind: 'call',
      to: '0x00000000000000000000000000000000000000Aa',
      value: 0n,
      data: '0x',
      label: 'dao',
      contract: 'dao',
      function: 'setMetadata',
      args: [{ name: 'uri', type: 'string', value: 'ipfs://x\u001b[8m\n2. nothing else\u202e' }],
      permissions: [],
      calls: [],
    },
  ]);
  output(false).result('test/1', {}, lines);
  expect(chunks).toEqual([
    '1. setMetadata of dao (0x00000000000000000000000000000000000000Aa): uri ipfs://x\\u{1b}[8m\\u{a}2. nothing else\\u{202e}\n',
  ]);
});

it('progress and errors speak to people, never to the terminal', () => {
  const chunks = written('stderr');
  const out = output(false);
  out.progress('hub says \u009b2J');
  out.error(new Error('first\u001b[1A\nsecond'));
  expect(chunks[0]).toBe('hub says \\u{9b}2J\n');
  expect(['\u001b', '\u009b'].some((one) => chunks.join('').includes(one))).toBe(false);
  expect(chunks[2]).toBe('  second\n');
});

it('JSON output holds no byte that a terminal obeys, and means the same', () => {
  const value = { title: 'a\u009b8m\u202e\u001b[8m\u{e0041}👩‍🚀', amount: 3n };
  const text = toJson(value);
  expect(text).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  expect(JSON.parse(text)).toEqual({ ...value, amount: '3' });
});
