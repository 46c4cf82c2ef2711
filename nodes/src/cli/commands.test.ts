import { clientErrors } from '@covey/client';
import { governanceErrors } from '@covey/governance';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { nodeErrors } from '../errors.ts';
import { commands, groups } from './commands/index.ts';
import { covey } from './program.ts';

const names = commands.map(({ name }) => name);

describe('the list of commands', () => {
  it('makes the program: options stand under the names that commander gives them, groups have their sentence', () => {
    const program = covey();
    const made = program.commands.flatMap((command) =>
      command.name() in groups
        ? command.commands.map((inner) => `${command.name()} ${inner.name()}`)
        : [command.name()],
    );
    expect(made.toSorted()).toEqual(names.toSorted());
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(commands)('$name shows how it is used', ({ name, examples }) => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example.startsWith(name)).toBe(true);
  });

  it('stands whole in the README: a row a command, or a row a group that names each of its commands', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `covey'));
    const inRow = (name: string) => {
      const [group, command] = name.split(' ');
      return rows.some(
        (row) =>
          row.startsWith(`| \`covey ${name}\``) ||
          (row.startsWith(`| \`covey ${group}\` `) && row.includes(`\`${command}\``)),
      );
    };
    expect(names.filter((name) => !inRow(name))).toEqual([]);
  });

  it('has every command that an error advises', () => {
    const rows = [clientErrors, governanceErrors, nodeErrors].flatMap((family) => Object.values(family.rows));
    const advised = rows.flatMap(({ action }) => [...action.matchAll(/`covey ([a-z -]+?)(?: --[^`]*)?`/g)]);
    expect(advised.length).toBeGreaterThan(2);
    for (const [text, name] of advised) expect(names, text).toContain(name);
  });
});
