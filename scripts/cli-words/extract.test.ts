import { expect, it } from 'vitest';
import { extractWords } from './extract.ts';

const errorsOf = (text: string) => extractWords('some.ts', text).errors;

it('a text is found where it stands, in a constant, in a choice and in what a function gives back', () => {
  expect(
    errorsOf(`
      const advice = 'Make it smaller.';
      function check(x: number) {
        const [value, bound] = [\`\${x} layers\`, \`at most \${limit(x)}\`];
        return x > 9 ? fail('layers', value, bound, advice) : ok('layers', value, x ? 'few enough' : bound);
      }
      const limit = (x: number) => \`\${x} of the network\`;
    `),
  ).toEqual(
    expect.arrayContaining(['Make it smaller.', '{0} layers', 'at most {0}', '{0} of the network', 'few enough']),
  );
});

it('a parameter is no constant of the file, and a function that calls itself has an end', () => {
  expect(errorsOf(`const next = 'of the file'; function f(next: string) { warn('x', '1', '', next); }`)).toEqual([]);
  expect(errorsOf(`function f(): string { return g() ? f() : 'the end'; } fail('x', f(), '', '');`)).toEqual([
    'the end',
  ]);
});

it('what an error says of a case is found by its names, written short too', () => {
  const text = `const hint = 'Try again.'; throw nodeError('X', \`No \${a} here.\`, { hint, expected: 'some of it' });`;
  expect(errorsOf(text)).toEqual(['No {0} here.', 'Try again.', 'some of it']);
});

it('names of fields and of losses are no sentences', () => {
  expect(
    errorsOf(`const field = 'validation.file'; fail(field, \`it is \${a ? 'cross-entropy' : b}\`, '', '');`),
  ).toEqual(['it is {0}']);
});
