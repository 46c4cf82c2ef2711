import type { Address, Hex } from 'viem';
import { inOrder } from '@covey/client';
import { pluginRepoAbi, pluginSetupProcessorAbi, tokenVotingSetupAbi } from '@covey/contracts/abi';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import { implementationOfProxy } from './implementation.ts';
import { contractAnswer } from '../../contract-answer.ts';
import type { Ledger } from './ledger.ts';

interface ApplyArguments {
  plugin: Address;
  pluginSetupRef: { versionTag: { release: number; build: number }; pluginSetupRepo: Address };
}

const versionText = ({ release, build }: { release: number; build: number }) => `${release}.${build}`;

const everyEvent = (ledger: Ledger, eventName: string, args: Record<string, Address>) =>
  ledger.covey.events({
    address: ledger.deployment.pluginSetupProcessor,
    abi: pluginSetupProcessorAbi,
    eventName: eventName as 'InstallationApplied',
    args: args as { dao: Address; plugin: Address },
    ...ledger.until,
  });

/** Version of an installed plugin. The processor keeps a hash only, so its events are asked which version that was. */
async function installedVersion(ledger: Ledger, plugin: Address): Promise<string> {
  const { dao } = ledger.deployment;
  const of = { dao, plugin };
  const applied = (
    await Promise.all(
      ['InstallationApplied', 'UpdateApplied', 'UninstallationApplied'].map((name) => everyEvent(ledger, name, of)),
    )
  )
    .flat()
    .toSorted(inOrder)
    .at(-1);
  // `eventName` is asked for by a name that only the call knows.
  if (!applied || (applied.eventName as string) === 'UninstallationApplied') return 'none';
  const prepared = (
    await Promise.all(['InstallationPrepared', 'UpdatePrepared'].map((name) => everyEvent(ledger, name, { dao })))
  )
    .flat()
    .map(({ args }) => args as unknown as { preparedSetupId: Hex; versionTag: { release: number; build: number } })
    .findLast(({ preparedSetupId }) => preparedSetupId === applied.args.preparedSetupId);
  return prepared ? versionText(prepared.versionTag) : 'unknown';
}

/** Which version of a plugin is installed, and the code that an update gives it. Its permissions are told apart. */
export async function pluginChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (!call.function.startsWith('apply')) return [];
  const { _dao, _params } = argumentsOf<{ _dao: Address; _params: ApplyArguments }>(call);
  if (_dao.toLowerCase() !== ledger.deployment.dao.toLowerCase()) return [];
  const { plugin, pluginSetupRef } = _params;
  const { pluginSetupRepo: repo, versionTag } = pluginSetupRef;
  const change = await ledger.change({
    what: 'plugin',
    about: [
      { name: 'plugin', value: plugin, label: ledger.labels(plugin) },
      { name: 'repo', value: repo, label: ledger.labels(repo) },
    ],
    read: () => installedVersion(ledger, plugin),
    next: call.function === 'applyUninstallation' ? 'none' : versionText(versionTag),
  });
  if (call.function !== 'applyUpdate') return [change];
  const version = await contractAnswer(ledger.read(repo, pluginRepoAbi, 'getVersion', [versionTag]));
  const setup = (version as { pluginSetup: Address } | undefined)?.pluginSetup;
  const next = setup && (await contractAnswer(ledger.read(setup, tokenVotingSetupAbi, 'implementation', [])));
  return next ? [change, await implementationOfProxy(ledger, plugin, next)] : [change];
}
