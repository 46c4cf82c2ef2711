import type { ContentReader } from '@covey/client';
import { InvalidArgumentError } from 'commander';
import { readCoreWasm } from '@covey/wasm-core/node';
import { loadCore } from '@covey/wasm-core';
import { readOffer } from '../../../inference/offer-file.ts';
import { withLocalModels } from '../../../inference/local-models.ts';
import { openKey } from '../../account.ts';
import { positive } from '../../arguments.ts';
import { openReader, stateDir } from '../../context.ts';
import { defineCommand, flag, optional, preset, required, type Values } from '../../define-command.ts';
import {
  accountOptions,
  daemonOptions,
  gasOptions,
  modelFileOption,
  officeOptions,
  readerOptions,
  serviceOptions,
  stateOptions,
} from '../../options.ts';
import type { Output } from '../../output.ts';
import { runDaemon, type Services } from '../../run-daemon.ts';

const { pollMs, once } = daemonOptions;

export const hostServeOptions = {
  ...accountOptions,
  ...readerOptions,
  ...{ pollMs, once },
  ...serviceOptions,
  ...gasOptions,
  ...stateOptions,
  ...officeOptions,
  ...modelFileOption,
  offer: required('--offer <file>', 'what is served at which price, as `host offer` writes it'),
  listen: preset('--listen <address:port>', 'where it answers; port 0: any free one', '127.0.0.1:8787', listenAt),
  signerKeyFile: optional('--signer-key-file <file>', 'key that signs answers (default: that of the account)'),
  desk: flag('--desk', 'answer what contracts ask at the desk, too, where the fee covers the price'),
  deskGas: preset('--desk-gas <n>', 'desk: most gas of an asker’s callback', 300_000, positive),
  free: flag('--free', 'answer for nothing, enlisted or not'),
  contractSigners: flag('--contract-signers', 'take vouchers of wallets that are contracts, which can disown them'),
  threads: preset('--threads <n>', 'threads that compute, each with a core of its own', 1, positive),
  maxSeconds: preset('--max-seconds <n>', 'seconds that one answer may take', 120, positive),
  redeemMinutes: preset('--redeem-minutes <n>', 'minutes between two redemptions', 60, positive),
  keepAnswers: preset('--keep-answers <MiB>', 'keep so much of what was signed, for audits', 64, positive),
};

export const hostServe = defineCommand({
  name: 'host serve',
  summary: 'Answer requests for an offer’s models over HTTP, take vouchers for it, and redeem them',
  examples: [
    'host serve --offer offer.json --listen 0.0.0.0:8787 --key-file host.key',
    'host serve --offer offer.json --free   # for this machine: no stake, no vouchers',
    'host serve --offer offer.json --model-file model.safetensors --key-file host.key   # sealed, opened by `covey pull`',
  ],
  options: hostServeOptions,
  run: async (options, out) => runHost(options, out, await withLocalModels(openReader(options), options.modelFile)),
});

/** @param reader Where the host has its models from. */
export async function runHost(
  options: Values<typeof hostServeOptions>,
  out: Output,
  reader: ContentReader,
): Promise<void> {
  const { node, threads, free = false, contractSigners = false, listen, signerKeyFile } = options;
  const { offer } = await readOffer(options.offer);
  const signingKey = await openKey(signerKeyFile === undefined ? options : { keyFile: signerKeyFile });
  const wasm = await readCoreWasm();
  const core = await loadCore(wasm);
  // Its server is loaded for who serves: other commands start without it.
  const { Host } = await import('../../../host/host.ts');
  const daemon = async ({ covey, onEvent }: Services) =>
    new Host({
      ...{ covey, onEvent, offer, reader, wasm, signingKey, node, free, contractSigners, threads },
      scorer: core.sha256,
      stateDir: stateDir(options),
      listen: listenOf(listen),
      desk: options.desk ? { maxCallbackGas: options.deskGas } : undefined,
      maxMs: options.maxSeconds * 1_000,
      redeemMs: options.redeemMinutes * 60_000,
      keepBytes: options.keepAnswers * 2 ** 20,
    });
  await runDaemon(options, out, daemon);
}

function listenAt(text: string): string {
  const { port } = listenOf(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Expected an address and a port such as 127.0.0.1:8787.');
  return text;
}

function listenOf(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([0-9a-zA-Z.:_-]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  return { host, port: port === '' ? NaN : Number(port) };
}
