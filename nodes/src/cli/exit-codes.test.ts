import { readFileSync } from 'node:fs';
import { errorKinds } from '@covey/errors';
import { expect, it } from 'vitest';
import { exitCodeOfKind, exitCodes } from './exit-codes.ts';

it('the README says what each exit code means', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, means]) => ({
    code: Number(code),
    means,
  }));
  expect(rows).toEqual(Object.values(exitCodes));
});

it('no kind of error ends as if all were well, and each code but that has its kind', () => {
  const failing = Object.values(exitCodes).map(({ code }) => code);
  expect([exitCodes.ok.code, ...Object.values(exitCodeOfKind)].sort()).toEqual(failing);
  expect(Object.keys(exitCodeOfKind).sort()).toEqual(Object.keys(errorKinds).sort());
});
