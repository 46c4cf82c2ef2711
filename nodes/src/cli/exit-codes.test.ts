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

it('no kind of error ends as if all were well, and each code but that, a stop and what is not judged has its kind', () => {
  const { ok, pending, unjudged } = exitCodes;
  const all = Object.values(exitCodes).map(({ code }) => code);
  expect([ok.code, ...Object.values(exitCodeOfKind), pending.code, unjudged.code].sort()).toEqual(all);
  expect(Object.keys(exitCodeOfKind).sort()).toEqual(Object.keys(errorKinds).sort());
});
