import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasEnglish } from '../error-words.ts';
import { unknownIn } from '../checks/command-lines.ts';
import { blocksOf, typedIn, withBlocks } from './blocks.ts';
import { guideFile } from './guide-file.ts';
import { housesCsv } from './houses.ts';
import { guideLanguages, numbersTable } from './numbers.ts';
import { guideNames, steps } from './steps.ts';

const files = guideNames.flatMap((guide) => guideLanguages.map((language) => ({ guide, language })));
const textOf = ({ guide, language }: (typeof files)[number]) => readFileSync(guideFile(guide, language), 'utf8');
const runs = (text: string) => blocksOf(text).filter(({ kind }) => kind === 'run');
/** Without the layout that Prettier gives a table. */
const cells = (table: string) =>
  table.split('\n').map((row) => row.split('|').map((cell) => cell.trim().replace(/^-+$/, '-')));

describe.each(files)('the guide of the $guide in $language', (file) => {
  const text = textOf(file);

  it('shows what was typed when it was played, and what came', () => {
    for (const { name, text: block } of runs(text)) {
      const step = steps.find((one) => one.name === name);
      expect(typedIn(block), name).toEqual(step?.type);
      expect(block.split('\n').length, name).toBeGreaterThan(step!.type.length + 2);
    }
  });

  it('has the same commands in the same order in every language, and the numbers that the contracts begin with', () => {
    const names = (of: string) => blocksOf(of).map(({ kind, name }) => `${kind} ${name}`);
    expect(names(text)).toEqual(names(textOf({ ...file, language: 'en' })));
    const table = blocksOf(text).find(({ kind }) => kind === 'numbers');
    expect(cells(table?.text ?? '')).toEqual(cells(numbersTable(file.guide, file.language)));
  });

  it('names commands and options that there are', () => {
    const inProse = [...text.replace(/^```[^]*?^```$/gm, '').matchAll(/`covey ([a-z][^`]*)`/g)].map(
      ([, typed]) => typed!,
    );
    for (const typed of inProse)
      expect(
        unknownIn(typed).filter((one) => !one.startsWith('lacks')),
        typed,
      ).toEqual([]);
  });
});

it.each(files.filter(({ language }) => language !== 'en'))(
  'the guide of the $guide in $language has terminals that speak its language',
  (file) => {
    const said = runs(textOf(file)).flatMap(({ text: block }) =>
      block.split('\n').filter((line) => !line.startsWith('$ ')),
    );
    // Commands that are advised, and calls by the names of contracts and functions, are no language.
    const isCode = (line: string) => /^ *covey |^\d+\. \w+ of \w+ \(0x/.test(line);
    expect(said.filter((line) => hasEnglish(line) && !isCode(line))).toEqual([]);
  },
);

describe('the steps', () => {
  const named = steps.flatMap(({ name }) => name ?? []);

  it('stand in one guide each, and are of commands that there are', () => {
    const shown = guideNames.flatMap((guide) => runs(textOf({ guide, language: 'en' })).map(({ name }) => name));
    expect(shown.toSorted()).toEqual(named.toSorted());
    for (const typed of steps.flatMap(({ type }) => type))
      expect(unknownIn(typed.slice('covey '.length)), typed).toEqual([]);
  });

  it('begin with tables that are the same on every machine', () => {
    expect(housesCsv(2, 1)).toBe(housesCsv(2, 1));
    expect(housesCsv(2, 1)).not.toBe(housesCsv(2, 2));
    expect(housesCsv(1, 1)).toMatch(
      /^id,district,area,rooms,built,garage,price\n0,[\w ]+,[\d.]*,\d+,\d{4},(?:yes|no)?,[\d.]+\n$/,
    );
  });
});

it('a block is replaced by its name, and others stay', () => {
  const text = 'a\n<!-- run x -->\nold\n<!-- end -->\nb\n<!-- numbers y -->\n<!-- end -->\n';
  expect(blocksOf(text)).toEqual([
    { kind: 'run', name: 'x', text: 'old' },
    { kind: 'numbers', name: 'y', text: '' },
  ]);
  expect(withBlocks(text, ({ name }) => (name === 'x' ? 'new' : undefined))).toBe(
    'a\n<!-- run x -->\n\nnew\n\n<!-- end -->\nb\n<!-- numbers y -->\n<!-- end -->\n',
  );
  expect(typedIn('```console\n$ covey a\nsaid\n$ covey b --c\n```')).toEqual(['covey a', 'covey b --c']);
});
