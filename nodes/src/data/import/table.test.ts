import { decodeDataDescription, encodeDataDescription, encodeDataset, type DescribedTable } from '@covey/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNodeError } from '../../errors.ts';
import { sourceOf, type ByteSource } from './byte-source.ts';
import type { ReadTableOptions } from './read-table.ts';
import { fitTable, mapTable, type TableOptions } from './table.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
/** Pieces of 3 bytes, so that quotes, line ends and characters are cut in two. */
const inPieces = (bytes: Uint8Array): ByteSource =>
  function* () {
    for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3);
  };

async function made(text: string, options: TableOptions, read: ReadTableOptions = {}) {
  const source = inPieces(utf8(text));
  const fitted = await fitTable(source, read, options);
  return { ...fitted, ...(await mapTable(source, read, { description: fitted.description })) };
}

const refusal = async (text: string, options: TableOptions = { label: 'y' }) =>
  made(text, options).then(
    () => expect.unreachable('it was taken'),
    (error: unknown) => error as Error & { code: string; expected: string; got: string; hint: string },
  );

const patients = [
  '\ufeffage,ward,born,smoker,y\r\n',
  '30,"A, left",2000-01-01,yes,well\r\n',
  '40,"B ""new""",2000-01-03,no,ill\r\n',
  ' ? ,"A, left",2000-01-02T12:00,,well\r\n',
  '50,NA,1969-12-31,YES,ill',
].join('');

describe('a table', () => {
  it('becomes numbers as its description says', async () => {
    const { description, data } = await made(patients, { label: 'y', scale: 'min-max', indicators: true });
    expect(description).toEqual({
      schema: 'covey.data/1',
      kind: 'table',
      columns: [
        { name: 'age', type: 'integer', fill: 40, indicator: true, shift: 30, scale: 20 },
        { name: 'ward', type: 'category', categories: ['A, left', 'B "new"'], missing: true, other: false },
        { name: 'born', type: 'date', fill: 10_957.75, indicator: false, shift: -1, scale: 10_960 },
        { name: 'smoker', type: 'boolean', fill: 1, indicator: true, shift: 0, scale: 1 },
      ],
      missing: ['?', 'N/A', 'NA', 'NULL', 'NaN', 'None', 'nan', 'null'],
      output: { type: 'class', column: 'y', count: 2, names: ['ill', 'well'] },
      source: { samples: 4 },
    });
    const born = [10_957, 10_959, 10_958.5, -1].map((days) => Math.fround((days + 1) / 10_960));
    expect([...data.inputs]).toEqual([
      ...[0, 0, 1, 0, 0, born[0], 1, 0],
      ...[0.5, 0, 0, 1, 0, born[1], 0, 0],
      ...[0.5, 1, 1, 0, 0, born[2], 1, 1],
      ...[1, 0, 0, 0, 1, born[3], 1, 0],
    ]);
    expect(data.labels).toEqual(Uint8Array.from([1, 0, 1, 0]));
    expect(data.features).toBe(8);
  });

  it('is mapped by another’s description, whatever the order of columns', async () => {
    const fitted = await made(patients, { label: 'y', targets: [] });
    const description = decodeDataDescription(encodeDataDescription(fitted.description)) as DescribedTable;
    const other = 'id;smoker;y;ward;born;age\n7;f;well;"A, left";2000-01-01;30\n';
    const { data, ignored } = await mapTable(inPieces(utf8(other)), {}, { description });
    expect([...data.inputs]).toEqual(
      [...fitted.data.inputs.subarray(0, 6).map((v, i) => (i === 5 ? 0 : v))].slice(0, 6),
    );
    expect(ignored).toEqual(['id']);
  });

  it('has standard scores: mean 0, variance 1, and undone they are the targets', async () => {
    const { description, data } = await made('x,y\n1,10\n2,30\n3,20\n4,40\n', { targets: ['y'] });
    const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    expect(Math.abs(sum(data.inputs))).toBeLessThan(1e-6);
    expect(sum(data.inputs.map((v) => v * v)) / 4).toBeCloseTo(1, 6);
    const { output } = description;
    if (output.type !== 'number') return expect.unreachable();
    const { shift, scale } = output.values[0]!;
    expect(Array.from(data.targets!, (v) => Math.round(v * scale + shift))).toEqual([10, 30, 20, 40]);
  });

  it('orders classes as numbers where they are, and parts its rows by a column', async () => {
    const text = 'h,x,y\nEast,1,10\nWest,2,9\nEast,3,10\n';
    const source = sourceOf(utf8(text));
    const { description } = await fitTable(source, {}, { label: 'y', drop: ['h'] });
    expect(description.output).toMatchObject({ names: ['9', '10'] });
    const { groups, ignored } = await mapTable(source, {}, { description, by: 'h' });
    expect(groups).toEqual({ names: ['East', 'West'], of: Uint32Array.from([0, 1, 0]) });
    expect(ignored).toEqual(['h']);
  });

  it('keeps a place for rare and for later values where asked to', async () => {
    const text = 'c,y\na,0\na,0\nb,1\nc,1\n';
    const { description, data } = await made(text, { label: 'y', other: true, maxCategories: 1 });
    expect(description.columns).toEqual([
      { name: 'c', type: 'category', categories: ['a'], missing: false, other: true },
    ]);
    expect([...data.inputs]).toEqual([1, 0, 1, 0, 0, 1, 0, 1]);
  });

  it('takes CR alone, blank lines and a constant column', async () => {
    const { data, description } = await made('x,k,y\r1,7,a\r\r3,7,b\r', { label: 'y' });
    expect([...data.inputs]).toEqual([-1, 0, 1, 0]);
    expect(description.columns[1]).toMatchObject({ shift: 7, scale: 1 });
  });

  it('has columns of any name', async () => {
    const { description, data } = await made('constructor,__proto__,toString\n1,a,u\n3,b,v\n', {
      label: 'toString',
      types: Object.fromEntries([['__proto__', 'category']]),
    });
    expect(description.columns.map(({ name, type }) => [name, type])).toEqual([
      ['constructor', 'integer'],
      ['__proto__', 'category'],
    ]);
    expect([...data.inputs]).toEqual([-1, 1, 0, 1, 0, 1]);
    expect(decodeDataDescription(encodeDataDescription(description))).toEqual(description);
  });

  it('says since which row a column is a category', async () => {
    const { notes } = await made('x,y\n1,a\n2,b\nmany,a\n', { label: 'y' });
    expect(notes).toEqual(['x is a category, since row 3 has "many"']);
  });
});

describe('a table is refused', () => {
  it.each([
    ['nothing', '', /empty/, {}],
    ['a line of names alone', 'x,y\n', /no rows/, {}],
    ['a ragged row', 'x,y\n1,a\n2\n', /Row 2, on line 3/, { expected: '2' }],
    ['a column twice', 'x,x,y\n1,2,a\n', /Columns 1 and 2/, {}],
    ['a column without a name', 'x,,y\n1,2,a\n', /Column 2 has no name/, {}],
    ['an open quote', 'x,y\n"1,a\n', /never closed in the record on line 2/, {}],
    ['text behind a quote', 'x,y\n"1"2,a\n', /closed quote.*line 2/, { got: '"2"' }],
    ['a huge field', `x,y\n"${'z'.repeat(70_000)}",a\n`, /too long/, {}],
    ['a missing label', 'x,y\n1,a\n2,\n', /Row 2 has no value in column "y"/, {}],
    ['one class', 'x,y\n1,a\n2,a\n', /one class only/, {}],
    ['a column of nothing', 'x,z,y\n1,,a\n2,?,b\n', /Column "z" has no value/, { hint: /--drop z/ }],
    ['other dates', `x,y\n${days((i) => `${i + 1}/3/2020`)}`, /dates in an order/, { expected: /2026-11-30/ }],
    ['too many categories', `x,y\n${days((i) => `name ${i}`)}`, /too many categories/, { hint: /--drop x/ }],
    [
      'one odd number',
      `x,y\n${days((i) => (i === 79 ? 'n.k.' : String(i)))}`,
      /too many categories/,
      { got: /row 80 has "n.k."/ },
    ],
    ['numbers beyond f32', 'x,y\n1e300,a\n2e300,b\n', /too large/, {}],
    ['hidden text', 'x,y\na\u202eb,a\nc,b\n', /cannot be a name/, { got: /202e/ }],
  ])('for %s', async (_, text, message, details) => {
    const error = await refusal(text);
    expect(error).toMatchObject({ code: 'DATA_BAD_TABLE' });
    expect(error.message).toMatch(message);
    for (const [name, value] of Object.entries(details as Record<string, string | RegExp>))
      expect(error[name as 'got']).toMatch(value);
  });

  it('for a value of another type than was asked for, an unknown column and no output', async () => {
    expect(await refusal('x,y\n1.5,a\n', { label: 'y', types: { x: 'integer' } })).toMatchObject({ got: '"1.5"' });
    expect(await refusal('x,y\n1,a\n', { label: 'z' })).toMatchObject({
      message: expect.stringMatching(/no column "z"/) as string,
    });
    expect(await refusal('x,y\n1,a\n', {})).toMatchObject({ expected: expect.stringMatching(/--label/) as string });
    expect(await refusal('x,y\n1,a\n', { targets: ['y'] })).toMatchObject({ got: '"a"' });
  });

  it('for other text than UTF-8', async () => {
    for (const bytes of [
      [0xff, 0xfe, 0x41, 0],
      [0x78, 0xff, 0x0a],
    ]) {
      const source = sourceOf(Uint8Array.from(bytes));
      await expect(fitTable(source, {}, { label: 'y' })).rejects.toMatchObject({
        expected: expect.stringMatching(/UTF-8/) as string,
      });
    }
  });

  it('for rows that a description does not know', async () => {
    const { description } = await made(patients, { label: 'y' });
    const map = (row: string) => mapTable(sourceOf(utf8(`age,ward,born,smoker,y\n${row}\n`)), {}, { description });
    await expect(map('1,C,2000-01-01,no,ill')).rejects.toMatchObject({ code: 'DATA_BAD_TABLE', got: '"C"' });
    await expect(map('1,NA,2000-13-01,no,ill')).rejects.toMatchObject({ got: '"2000-13-01"' });
    await expect(map('1,NA,2000-01-01,no,dead')).rejects.toMatchObject({ expected: '"ill", "well"' });
  });
});

it('any text and any options give a dataset or a typed error, and what is fitted is mapped again alike', async () => {
  const cell = fc.oneof(
    fc.constantFrom('1', '-2.5', '', '?', 'yes', 'a', '"', '2000-02-29', '1e999', '\u0000'),
    fc.string({ maxLength: 6 }),
  );
  const table = fc
    .array(fc.array(cell, { minLength: 2, maxLength: 3 }), { maxLength: 6 })
    .map((rows) => ['x,z,y', ...rows.map((row) => row.join(','))].join('\n'));
  await fc.assert(
    fc.asyncProperty(fc.oneof(table, fc.string({ maxLength: 60 })), fc.boolean(), async (text, other) => {
      try {
        const first = await made(text, { label: 'y', other });
        const { data } = await mapTable(sourceOf(utf8(text)), {}, { description: first.description });
        expect(encodeDataset(data)).toEqual(encodeDataset(first.data));
      } catch (error) {
        if (!isNodeError(error)) throw error;
      }
    }),
    { numRuns: 400 },
  );
});

function days(of: (i: number) => string): string {
  return Array.from({ length: 80 }, (_, i) => `${of(i)},${i % 2}\n`).join('');
}
