import type { ValidatorStrategy } from '../strategy.ts';

export const honestValidator: ValidatorStrategy = {
  name: 'honest',
  about: 'has everything, computes the result and says it',
  attest: () => ({ missing: [], reveal: true }),
  result: ({ truth }) => truth(),
};

export const lazyValidator: ValidatorStrategy = {
  name: 'lazy',
  about: 'fetches nothing and guesses the result',
  attest: () => ({ missing: [], reveal: true }),
  result: ({ node, round }) => `guess of ${node} in ${round}`,
};

export const copyingValidator: ValidatorStrategy = {
  name: 'copying',
  about: 'says whatever result leaks from another validator, else nothing',
  attest: () => ({ missing: [], reveal: true }),
  result: ({ leaked }) => leaked,
};

export const colludingValidator: ValidatorStrategy = {
  name: 'colluding',
  about: 'all of them say one wrong result that favours their friends',
  attest: () => ({ missing: [], reveal: true }),
  result: ({ round }) => `lie of round ${round}`,
};

export const censoringValidator: ValidatorStrategy = {
  name: 'censoring',
  about: 'says to lack what anybody but its friends submitted',
  attest: ({ submissions }) => ({
    missing: submissions.filter(({ friend }) => !friend).map(({ index }) => index),
    reveal: true,
  }),
  // It may commit no result where what it lacks counts.
  result: () => null,
};

export const withholdingValidator: ValidatorStrategy = {
  name: 'withholding',
  about: 'commits a bitmap and does not reveal it',
  attest: () => ({ missing: [], reveal: false }),
  result: () => null,
};

export const silentValidator: ValidatorStrategy = {
  name: 'silent',
  about: 'takes its seats and does nothing',
  attest: () => null,
  result: () => null,
};

export const validatorStrategies = [
  honestValidator,
  lazyValidator,
  copyingValidator,
  colludingValidator,
  censoringValidator,
  withholdingValidator,
  silentValidator,
];
