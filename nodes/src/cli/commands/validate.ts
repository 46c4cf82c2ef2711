import type { ValidatorOptions } from '../../validator/validator-node.ts';
import { ValidatorNode } from '../../validator/validator-node.ts';
import { scoreInWorker } from '../../validator/scoring.ts';
import { amount, positive } from '../arguments.ts';
import { openSender, openStore, stateDir } from '../context.ts';
import { defineCommand, optional, preset, unlessNot, type Values } from '../define-command.ts';
import { accountOptions, contentOptions, daemonOptions, stateOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { runDaemon } from '../run-daemon.ts';

export const validatorOptions = {
  ...accountOptions,
  ...contentOptions,
  ...daemonOptions,
  ...stateOptions,
  stake: optional('--stake <amount>', 'own stake to hold at least, in COVEY', amount),
  availabilityMs: preset('--availability-ms <n>', 'how long to wait for each submission', 10_000, positive),
  report: unlessNot('--no-report', 'do not open slash cases against offenders'),
};

export const validate = defineCommand({
  name: 'validate',
  summary: 'Run a validator: attest availability, score, commit, reveal, report, claim',
  examples: ['validate --deployment covey.json --key-file validator.key', 'validate --task 1 --stake 2000 --json'],
  options: validatorOptions,
  run: (options, out) => runValidator(options, out, { score: scoreInWorker, reportOffenders: options.report }),
});

export async function runValidator(
  options: Values<typeof validatorOptions>,
  out: Output,
  role: Pick<ValidatorOptions, 'score' | 'reportOffenders'>,
): Promise<void> {
  const covey = await openSender(options);
  const node = new ValidatorNode({
    covey,
    store: openStore(options),
    stateDir: stateDir(options),
    onEvent: (event) => out.event(event),
    availabilityTimeoutMs: options.availabilityMs,
    ...(options.stake === undefined ? {} : { stake: options.stake }),
    ...role,
  });
  await runDaemon(options, (daemon) => node.run(daemon));
}
