import { mintSettingsType, votingSettingsType } from '@covey/contracts/abi/structs';
import { encodeAbiParameters } from 'viem';
import type { Address } from 'viem';
import { Sender, type WriteClient } from '@covey/client';
import type { Action } from '../catalogue/action.ts';
import { encodeVotingSettings } from '../voting-settings.ts';
import type { VotingSettings } from '../voting-settings.ts';
import type { OsxFramework } from './framework.ts';
import { prepareInstallation } from './plugin-setup.ts';

/** Installation parameters of TokenVoting 1.3, as its build metadata declares them. */
export const tokenVotingInstallation = [
  votingSettingsType,
  // The one struct that no ABI has: it is decoded inside the setup.
  {
    type: 'tuple',
    components: [
      { name: 'addr', type: 'address' },
      { name: 'name', type: 'string' },
      { name: 'symbol', type: 'string' },
    ],
  },
  mintSettingsType,
] as const;

interface PreparedTokenVoting {
  plugin: Address;
  /** The token that the installation will count; another than was asked for when the setup decided to wrap it. */
  token: Address;
  /** What the DAO has to execute to apply the installation. */
  actions: Action[];
}

/** Creates a TokenVoting over an existing IVotes token and the calls with which the DAO installs it. */
export async function prepareTokenVoting(
  client: WriteClient,
  p: { framework: OsxFramework; dao: Address; token: Address; settings: VotingSettings },
): Promise<PreparedTokenVoting> {
  const data = encodeAbiParameters(tokenVotingInstallation, [
    encodeVotingSettings(p.settings),
    { addr: p.token, name: '', symbol: '' },
    { receivers: [], amounts: [] },
  ]);
  const { plugin, helpers, actions } = await prepareInstallation(new Sender({ wallet: client }), {
    dao: p.dao,
    processor: p.framework.pluginSetupProcessor,
    version: { repo: p.framework.tokenVotingRepo, tag: p.framework.tokenVotingTag },
    data,
    what: 'TokenVoting',
  });
  return { plugin, token: helpers[0] ?? p.token, actions };
}
