import { gatewayStore } from '@covey/client';
import type { ValidatorOptions } from '../../validator/options.ts';
import { ValidatorNode } from '../../validator/validator-node.ts';
import { scoreInWorker } from '../../validator/scoring.ts';
import { positive, urls } from '../arguments.ts';
import { limitsOf, participantOptions } from '../context.ts';
import { defineCommand, optional, preset, unlessNot, type Values } from '../define-command.ts';
import {
  accountOptions,
  beaconOptions,
  bondOption,
  contentOptions,
  daemonOptions,
  limitOptions,
  officeOptions,
  stateOptions,
} from '../options.ts';
import type { Output } from '../output.ts';
import { runDaemon } from '../run-daemon.ts';

export const validatorOptions = {
  ...accountOptions,
  ...officeOptions,
  ...contentOptions,
  ...daemonOptions,
  ...stateOptions,
  ...limitOptions,
  ...bondOption('what the policy asks'),
  ...beaconOptions,
  maxScoringTime: optional('--max-scoring-time <seconds>', 'give a round up that takes longer to score', positive),
  availabilityMs: preset('--availability-ms <n>', 'how long to wait for each submission', 10_000, positive),
  gateways: optional('--gateways <urls>', 'trustless gateways to ask for what the IPFS node does not give', urls),
  report: unlessNot('--no-report', 'do not open slash cases against offenders'),
  challenge: unlessNot('--no-challenge', 'do not challenge an accepted result that is not the own one'),
};

export const validate = defineCommand({
  name: 'validate',
  summary: 'Run a validator: join, attest what can be fetched, score, commit, reveal, challenge, report, claim',
  examples: [
    'validate --key-file validator.key --max-stake 10000',
    'validate --task 1 --stake 8000 --allocate 0.5 --max-bond 2000 --json',
    'validate --node 0x… --key-file operator.key   # the node’s own key stays cold',
  ],
  options: validatorOptions,
  run: (options, out) =>
    runValidator(options, out, {
      score: scoreInWorker,
      reportOffenders: options.report,
      challenge: options.challenge,
    }),
});

export async function runValidator(
  options: Values<typeof validatorOptions>,
  out: Output,
  role: Pick<ValidatorOptions, 'score' | 'attesting' | 'reportOffenders' | 'challenge'>,
): Promise<void> {
  await runDaemon(options, out, async ({ covey, onEvent, store }) => {
    return new ValidatorNode({
      ...participantOptions(options),
      ...{ covey, onEvent, store },
      gateways: options.gateways?.map((url) => gatewayStore(url)),
      availabilityTimeoutMs: options.availabilityMs,
      limits: limitsOf(options, options.maxScoringTime),
      ...role,
    });
  });
}
