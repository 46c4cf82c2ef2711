import { expect, it } from 'vitest';
import { issueMessage, issueSentence } from './issue.ts';

const field = (issue: Parameters<typeof issueMessage>[0]) =>
  issueSentence({ path: ['windows', 'join'], message: issueMessage(issue)! });

it.each([
  [{ code: 'too_small', origin: 'number', minimum: 1, input: 0 }, 'must be at least 1; it is 0'],
  [{ code: 'too_small', origin: 'number', minimum: 0, inclusive: false, input: -1 }, 'must be more than 0; it is -1'],
  [{ code: 'too_big', origin: 'number', maximum: 9, input: 10n }, 'must be at most 9; it is 10'],
  [{ code: 'too_big', origin: 'number', maximum: 1, inclusive: false, input: 1 }, 'must be less than 1; it is 1'],
  [{ code: 'too_big', origin: 'string', maximum: 2, input: 'abc' }, 'must have at most 2 characters; it has 3'],
  [{ code: 'too_small', origin: 'array', minimum: 1, input: [] }, 'must have at least 1 entries; it has 0'],
  [{ code: 'invalid_type', expected: 'int', input: 'ten' }, 'must be a whole number; it is "ten"'],
  [{ code: 'invalid_type', expected: 'string', input: undefined }, 'is missing'],
  [
    { code: 'invalid_value', values: ['arena', 'federated'], input: 'x' },
    'must be one of "arena", "federated"; it is "x"',
  ],
  [{ code: 'invalid_value', values: ['covey.task/1'], input: 'x' }, 'must be "covey.task/1"; it is "x"'],
  [{ code: 'not_multiple_of', divisor: 2, input: 3 }, 'must be a multiple of 2; it is 3'],
  [{ code: 'unrecognized_keys', keys: ['lern', 'rat'], input: {} }, 'has fields that nobody knows: lern, rat'],
  [
    { code: 'invalid_format', format: 'regex', input: `0x${'a'.repeat(200)}` },
    `is not written as it must be; it is "0x${'a'.repeat(77)}…`,
  ],
  [{ code: 'invalid_union', input: 5 }, 'has none of the forms that it may have; it is 5'],
])('%o', (issue, said) => expect(field(issue)).toBe(`windows.join ${said}`));

it('what a schema says itself stands behind the field, and zod keeps what is not known here', () => {
  expect(issueSentence({ path: ['to'], message: 'expected an address' })).toBe('to: expected an address');
  expect(issueSentence({ path: [], message: 'is missing' })).toBe('it is missing');
  expect(issueMessage({ code: 'custom', input: undefined })).toBeUndefined();
});
