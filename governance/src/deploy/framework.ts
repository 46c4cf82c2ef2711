import { encodeFunctionData, stringToHex, zeroAddress } from 'viem';
import type { Address, Hex } from 'viem';
import {
  daoAbi,
  daoFactoryAbi,
  daoRegistryAbi,
  erc1967ProxyAbi,
  governanceErc20Abi,
  governanceWrappedErc20Abi,
  pluginRepoFactoryAbi,
  pluginRepoRegistryAbi,
  pluginSetupProcessorAbi,
  tokenVotingSetupAbi,
} from '@covey/contracts/abi';
import { daoBytecode } from '@covey/contracts/abi/bytecode/dao';
import { daoFactoryBytecode } from '@covey/contracts/abi/bytecode/dao-factory';
import { daoRegistryBytecode } from '@covey/contracts/abi/bytecode/dao-registry';
import { erc1967ProxyBytecode } from '@covey/contracts/abi/bytecode/erc1967-proxy';
import { governanceErc20Bytecode } from '@covey/contracts/abi/bytecode/governance-erc20';
import { governanceWrappedErc20Bytecode } from '@covey/contracts/abi/bytecode/governance-wrapped-erc20';
import { pluginRepoFactoryBytecode } from '@covey/contracts/abi/bytecode/plugin-repo-factory';
import { pluginRepoRegistryBytecode } from '@covey/contracts/abi/bytecode/plugin-repo-registry';
import { pluginSetupProcessorBytecode } from '@covey/contracts/abi/bytecode/plugin-setup-processor';
import { tokenVotingSetupBytecode } from '@covey/contracts/abi/bytecode/token-voting-setup';
import { eventIn, Sender } from '@covey/client';
import type { WriteClient } from '@covey/client';
import { create } from './create.ts';
import { transact } from '../transact.ts';
import { permissionId } from '../permissions.ts';

/** What `deployCovey` needs of Aragon OSx; on chains where Aragon has deployed it, its official addresses. */
export interface OsxFramework {
  daoFactory: Address;
  daoRegistry: Address;
  pluginRepoFactory: Address;
  pluginRepoRegistry: Address;
  pluginSetupProcessor: Address;
  /** Repository of TokenVoting and the version to install: one with the 1.3 installation parameters. */
  tokenVotingRepo: Address;
  tokenVotingTag: { release: number; build: number };
}

export interface LocalOsxFramework extends OsxFramework {
  /** Owns the registries and the TokenVoting repository, and nobody but itself can make it act. */
  managingDao: Address;
}

/**
 * Deploys the whole OSx 1.4 framework, without ENS, on a chain that has none, and leaves it without an owner: the
 * managing DAO keeps only its own permissions, so that nobody can swap what Covey was built on.
 */
export async function deployOsxFramework(client: WriteClient): Promise<LocalOsxFramework> {
  const proxy = (implementation: Address, initialise: Hex, what: string) =>
    create(client, {
      abi: erc1967ProxyAbi,
      bytecode: erc1967ProxyBytecode,
      args: [implementation, initialise],
      what: `the proxy of ${what}`,
    });
  const deployer = client.account.address;

  const daoBase = await create(client, {
    abi: daoAbi,
    bytecode: daoBytecode,
    args: [],
    what: 'the DAO implementation',
  });
  const managingDao = await proxy(
    daoBase,
    encodeFunctionData({ abi: daoAbi, functionName: 'initialize', args: ['0x', deployer, zeroAddress, ''] }),
    'the managing DAO',
  );

  const daoRegistry = await proxy(
    await create(client, { abi: daoRegistryAbi, bytecode: daoRegistryBytecode, args: [], what: 'DAORegistry' }),
    encodeFunctionData({ abi: daoRegistryAbi, functionName: 'initialize', args: [managingDao, zeroAddress] }),
    'DAORegistry',
  );
  const pluginRepoRegistry = await proxy(
    await create(client, {
      abi: pluginRepoRegistryAbi,
      bytecode: pluginRepoRegistryBytecode,
      args: [],
      what: 'PluginRepoRegistry',
    }),
    encodeFunctionData({ abi: pluginRepoRegistryAbi, functionName: 'initialize', args: [managingDao, zeroAddress] }),
    'PluginRepoRegistry',
  );

  const pluginRepoFactory = await create(client, {
    abi: pluginRepoFactoryAbi,
    bytecode: pluginRepoFactoryBytecode,
    args: [pluginRepoRegistry],
    what: 'PluginRepoFactory',
  });
  const pluginSetupProcessor = await create(client, {
    abi: pluginSetupProcessorAbi,
    bytecode: pluginSetupProcessorBytecode,
    args: [pluginRepoRegistry],
    what: 'PluginSetupProcessor',
  });
  const daoFactory = await create(client, {
    abi: daoFactoryAbi,
    bytecode: daoFactoryBytecode,
    args: [daoRegistry, pluginSetupProcessor],
    what: 'DAOFactory',
  });

  await handOver(client, { managingDao, daoRegistry, daoFactory, pluginRepoRegistry, pluginRepoFactory });

  const tokenVotingRepo = await publishTokenVoting(client, { pluginRepoFactory, pluginRepoRegistry, managingDao });
  return {
    managingDao,
    daoFactory,
    daoRegistry,
    pluginRepoFactory,
    pluginRepoRegistry,
    pluginSetupProcessor,
    tokenVotingRepo,
    tokenVotingTag: { release: 1, build: 1 },
  };
}

/** Lets the factories register what they create, then takes the deployer's power away. */
async function handOver(
  client: WriteClient,
  a: Record<'managingDao' | 'daoRegistry' | 'daoFactory' | 'pluginRepoRegistry' | 'pluginRepoFactory', Address>,
): Promise<void> {
  const grant = (where: Address, who: Address, id: Hex) => ({
    operation: 0,
    where,
    who,
    condition: zeroAddress,
    permissionId: id,
  });
  const revoke = (where: Address, who: Address, id: Hex) => ({
    operation: 1,
    where,
    who,
    condition: zeroAddress,
    permissionId: id,
  });
  await transact(new Sender({ wallet: client }), {
    address: a.managingDao,
    abi: daoAbi,
    functionName: 'applyMultiTargetPermissions',
    args: [
      [
        grant(a.daoRegistry, a.daoFactory, permissionId('REGISTER_DAO')),
        grant(a.pluginRepoRegistry, a.pluginRepoFactory, permissionId('REGISTER_PLUGIN_REPO')),
        grant(a.managingDao, a.managingDao, permissionId('ROOT')),
        revoke(a.managingDao, client.account.address, permissionId('ROOT')),
      ],
    ],
    what: 'Handing the framework over to its managing DAO',
  });
}

async function publishTokenVoting(
  client: WriteClient,
  a: Record<'pluginRepoFactory' | 'pluginRepoRegistry' | 'managingDao', Address>,
): Promise<Address> {
  // The two token bases are cloned when an installation asks for a new or a wrapped token. Covey's installation does
  // neither, but the setup wants them and others may install from this repository too.
  const governanceErc20 = await create(client, {
    abi: governanceErc20Abi,
    bytecode: governanceErc20Bytecode,
    args: [zeroAddress, '', '', { receivers: [], amounts: [] }],
    what: 'GovernanceERC20',
  });
  const governanceWrappedErc20 = await create(client, {
    abi: governanceWrappedErc20Abi,
    bytecode: governanceWrappedErc20Bytecode,
    args: [zeroAddress, '', ''],
    what: 'GovernanceWrappedERC20',
  });
  const setup = await create(client, {
    abi: tokenVotingSetupAbi,
    bytecode: tokenVotingSetupBytecode,
    args: [governanceErc20, governanceWrappedErc20],
    what: 'TokenVotingSetup',
  });
  const receipt = await transact(new Sender({ wallet: client }), {
    address: a.pluginRepoFactory,
    abi: pluginRepoFactoryAbi,
    functionName: 'createPluginRepoWithFirstVersion',
    // Subdomain empty: no ENS. The metadata must not be empty, and there is no document to point at.
    args: ['', setup, a.managingDao, stringToHex('TokenVoting 1.3'), stringToHex('TokenVoting 1.3')],
    what: 'Publishing TokenVoting',
  });
  return eventIn(receipt, a.pluginRepoRegistry, pluginRepoRegistryAbi, 'PluginRepoRegistered').args.pluginRepo;
}
