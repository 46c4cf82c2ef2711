import type { EncodingChoice } from '@covey/protocol';
import { InvalidArgumentError } from 'commander';
import { nodeError } from '../errors.ts';
import { ReleaseGate, type Allowance } from '../privacy/budget.ts';
import { PrivacyLedger } from '../privacy/ledger.ts';
import { nodeSecret } from '../privacy/node-secret.ts';
import { DELTA, type PrivacyOptions } from '../trainer/privacy.ts';
import type { Release } from '../trainer/release-update.ts';
import { decimal, probability } from './arguments.ts';
import { stateDir } from './context.ts';
import { optional, type Values } from './define-command.ts';
import type { StateOptions } from './options.ts';

/** How federated updates leave a node, and what they may spend of its data’s privacy. */
export const releaseOptions = {
  encoding: optional(
    '--encoding <how>',
    'of federated updates: f32, int8, or top-k:RATIO (the share of values kept)',
    encoding,
  ),
  dpClip: optional('--dp-clip <norm>', 'differential privacy: clip federated updates to this L2 norm', decimal),
  dpNoise: optional('--dp-noise <x>', 'differential privacy: standard deviation of the noise, in clip norms', decimal),
  maxEpsilon: optional('--max-epsilon <x>', 'join no round that would spend more privacy than this', decimal),
  delta: optional('--delta <x>', `chance with which ε may fail to hold (default: ${DELTA})`, probability),
};

type Options = Values<typeof releaseOptions> & StateOptions;

/**
 * @param digest SHA-256 of what the updates are made of, in hex: releases of the same data are counted together. Asked for once
 *   the options are known to be right.
 */
export async function openRelease(
  options: Options,
  digest: () => Promise<string> | string,
): Promise<{ release: Release; gate: ReleaseGate }> {
  const allowance = allowanceOf(options);
  const privacy = await privacyOf(options);
  const data = await digest();
  const release = { ...(options.encoding && { encoding: options.encoding }), ...(privacy && { privacy }) };
  const noise = privacy?.noise ?? 0;
  return {
    release,
    gate: new ReleaseGate({ ledger: new PrivacyLedger(stateDir(options)), data, noise, ...allowance }),
  };
}

function allowanceOf({ maxEpsilon: epsilon, delta = DELTA, dpNoise }: Options): { allowance?: Allowance } {
  if (epsilon === undefined) return {};
  if (epsilon > 0 && dpNoise !== undefined && dpNoise > 0) return { allowance: { epsilon, delta } };
  throw nodeError('CONFIG_INVALID', 'Without noise a single update spends any budget of privacy.', {
    expected: '--max-epsilon above 0 with --dp-clip and --dp-noise above 0',
  });
}

async function privacyOf(options: Options): Promise<PrivacyOptions | undefined> {
  const { dpClip: clip, dpNoise: noise } = options;
  if (clip === undefined && noise === undefined) return undefined;
  if (!(clip && clip > 0) || noise === undefined || noise < 0) {
    throw nodeError('CONFIG_INVALID', 'Differential privacy needs a norm to clip to and its noise.', {
      expected: '--dp-clip above 0 and --dp-noise from 0',
    });
  }
  return { clip, noise, secret: await nodeSecret(stateDir(options)) };
}

function encoding(text: string): EncodingChoice {
  if (text === 'f32' || text === 'int8') return { encoding: text };
  const ratio = /^top-k:(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (ratio === undefined || !(Number(ratio) > 0 && Number(ratio) <= 1)) {
    throw new InvalidArgumentError('Expected f32, int8, or top-k:RATIO with a ratio above 0 and at most 1.');
  }
  return { encoding: 'top-k', ratio: Number(ratio) };
}
