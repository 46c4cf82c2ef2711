import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commands, groups } from '../commands/index.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionTable } from './table.ts';

const table = completionTable(commands, groups);
const folder = new URL('../../../', import.meta.url).pathname;

/** What a real bash offers for each line, whose last word is the one that is typed. */
function offered(lines: string[]): string[][] {
  const ask = lines.map(
    (line) =>
      `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); COMPREPLY=(); _covey; echo "\${COMPREPLY[*]}"`,
  );
  const script = [bashCompletion(table), `cd '${folder}'`, ...ask].join('\n');
  const printed = execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  return printed
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter(Boolean).sort());
}

describe('completion in bash', () => {
  it('knows commands, groups, options, their words and files', () => {
    const lines = [
      'covey conf',
      'covey config ""',
      'covey init --network ""',
      'covey init --fo',
      'covey init --deployment pack',
      'covey init --state-dir b',
      'covey train --epochs ""',
      'covey completion ""',
    ];
    expect(offered(lines)).toEqual([
      ['config'],
      ['show'],
      ['custom', 'local'],
      ['--force'],
      ['package.json'],
      ['bin'],
      [],
      ['bash', 'fish', 'zsh'],
    ]);
  });

  it('knows every command', () => {
    const words = commands.map(({ name }) => name);
    const all = offered([...words.map((name) => `covey ${name}`)]);
    words.forEach((name, i) => expect(all[i], name).toContain(name.split(' ').at(-1)));
  });
});

it('fish is told every command and option, in its quotes', () => {
  const script = fishCompletion(table);
  for (const { name } of commands) {
    expect(script).toMatch(new RegExp(`-a ${name.split(' ').at(-1)} -d`));
  }
  for (const line of script.split('\n').filter((text) => text.startsWith('complete'))) {
    expect(line.replace(/\\./g, '').match(/'/g)?.length ?? 0, line).toSatisfy((count: number) => count % 2 === 0);
  }
});
