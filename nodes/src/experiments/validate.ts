import { runValidator, validate, validatorOptions } from '../cli/commands/validate.ts';
import { defineCommand, requiredOneOf } from '../cli/define-command.ts';
import { scoreInWorker } from '../validator/scoring.ts';
import { liar } from './lie.ts';

/** A validator that misbehaves. */
export const dishonestValidate = defineCommand({
  ...validate,
  summary: 'Run a dishonest validator',
  examples: ['validate --attack lie --stake 2000'],
  options: { ...validatorOptions, attack: requiredOneOf('--attack <kind>', 'how to misbehave', ['lie']) },
  run: (options, out) => runValidator(options, out, liar(scoreInWorker)),
});
