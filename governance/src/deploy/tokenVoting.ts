import { encodeAbiParameters, encodeFunctionData, keccak256 } from 'viem';
import type { Address } from 'viem';
import { daoAbi, pluginSetupProcessorAbi } from '@covey/contracts/abi';
import { eventIn, transact } from '../client.ts';
import type { WriteClient } from '../client.ts';
import type { Action } from '../catalogue/action.ts';
import { permissionId } from '../permissions.ts';
import { encodeVotingSettings } from '../votingSettings.ts';
import type { VotingSettings } from '../votingSettings.ts';
import type { OsxFramework } from './framework.ts';

/** Installation parameters of TokenVoting 1.3, as its build metadata declares them. */
const installation = [
  {
    type: 'tuple',
    components: [
      { name: 'votingMode', type: 'uint8' },
      { name: 'supportThreshold', type: 'uint32' },
      { name: 'minParticipation', type: 'uint32' },
      { name: 'minDuration', type: 'uint64' },
      { name: 'minProposerVotingPower', type: 'uint256' },
    ],
  },
  {
    type: 'tuple',
    components: [
      { name: 'addr', type: 'address' },
      { name: 'name', type: 'string' },
      { name: 'symbol', type: 'string' },
    ],
  },
  {
    type: 'tuple',
    components: [
      { name: 'receivers', type: 'address[]' },
      { name: 'amounts', type: 'uint256[]' },
    ],
  },
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
  const processor = p.framework.pluginSetupProcessor;
  const pluginSetupRef = { versionTag: p.framework.tokenVotingTag, pluginSetupRepo: p.framework.tokenVotingRepo };
  const data = encodeAbiParameters(installation, [
    encodeVotingSettings(p.settings),
    { addr: p.token, name: '', symbol: '' },
    { receivers: [], amounts: [] },
  ]);
  const receipt = await transact(client, {
    address: processor,
    abi: pluginSetupProcessorAbi,
    functionName: 'prepareInstallation',
    args: [p.dao, { pluginSetupRef, data }],
    what: 'Preparing TokenVoting',
  });
  const { plugin, preparedSetupData } = eventIn(
    receipt,
    processor,
    pluginSetupProcessorAbi,
    'InstallationPrepared',
  ).args;

  // The processor needs ROOT while it applies, and the DAO the right to call it; both only inside this one execution.
  const root = [p.dao, processor, permissionId('ROOT')] as const;
  const apply = [processor, p.dao, permissionId('APPLY_INSTALLATION')] as const;
  const onDao = (functionName: 'grant' | 'revoke', args: readonly [Address, Address, `0x${string}`]): Action => ({
    to: p.dao,
    value: 0n,
    data: encodeFunctionData({ abi: daoAbi, functionName, args }),
  });
  const helpersHash = keccak256(encodeAbiParameters([{ type: 'address[]' }], [preparedSetupData.helpers]));
  return {
    plugin,
    token: preparedSetupData.helpers[0] ?? p.token,
    actions: [
      onDao('grant', root),
      onDao('grant', apply),
      {
        to: processor,
        value: 0n,
        data: encodeFunctionData({
          abi: pluginSetupProcessorAbi,
          functionName: 'applyInstallation',
          args: [p.dao, { pluginSetupRef, plugin, permissions: preparedSetupData.permissions, helpersHash }],
        }),
      },
      onDao('revoke', apply),
      onDao('revoke', root),
    ],
  };
}
