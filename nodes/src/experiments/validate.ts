import { InvalidArgumentError } from 'commander';
import type { Address } from 'viem';
import { ethereumAddress } from '../cli/arguments.ts';
import { runValidator, validate, validatorOptions } from '../cli/commands/validate.ts';
import { defineCommand, optional, requiredOneOf } from '../cli/define-command.ts';
import { scoreInWorker } from '../validator/scoring.ts';
import { censor } from './censor.ts';
import { liar } from './lie.ts';

/** A validator that misbehaves. */
export const dishonestValidate = defineCommand({
  ...validate,
  summary: 'Run a dishonest validator',
  examples: ['validate --attack lie --max-stake 10000', 'validate --attack censor --friends 0x…,0x…'],
  options: {
    ...validatorOptions,
    attack: requiredOneOf('--attack <kind>', 'how to misbehave', ['lie', 'censor']),
    friends: optional(
      '--friends <nodes>',
      'with --attack censor: whose submissions to let pass, comma-separated',
      nodes,
    ),
  },
  run: (options, out) =>
    runValidator(
      options,
      out,
      options.attack === 'lie'
        ? liar(scoreInWorker)
        : { score: scoreInWorker, reportOffenders: false, ...censor(options.friends ?? []) },
    ),
});

function nodes(text: string): Address[] {
  if (text === '') throw new InvalidArgumentError('Expected addresses, comma-separated.');
  return text.split(',').map((part) => ethereumAddress(part.trim()));
}
