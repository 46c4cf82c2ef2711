import type { ValidatorOptions } from '../../validator/validator-node.ts';
import { ValidatorNode } from '../../validator/validator-node.ts';
import { scoreInWorker } from '../../validator/scoring.ts';
import { positive } from '../arguments.ts';
import { limitsOf, openSender, openStore, stateDir } from '../context.ts';
import { defineCommand, optional, preset, unlessNot, type Values } from '../define-command.ts';
import { accountOptions, contentOptions, daemonOptions, limitOptions, stateOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { runDaemon } from '../run-daemon.ts';

export const validatorOptions = {
  ...accountOptions,
  ...contentOptions,
  ...daemonOptions,
  ...stateOptions,
  ...limitOptions,
  maxScoringTime: optional('--max-scoring-time <seconds>', 'give a round up that takes longer to score', positive),
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
    limits: limitsOf(options, options.maxScoringTime),
    ...(options.stake === undefined ? {} : { stake: options.stake }),
    ...role,
  });
  await runDaemon(options, (daemon) => node.run(daemon));
}
