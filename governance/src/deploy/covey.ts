import type { CoveyError } from '@covey/errors';
import { encodeFunctionData, getAddress, publicActions, stringToHex, zeroAddress, zeroHash } from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { getChainId } from 'viem/actions';
import { daoAbi, daoFactoryAbi, daoRegistryAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { genesisConstants } from '@covey/contracts/abi/constants';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { connect, eventIn, Sender } from '@covey/client';
import type { CoveyChain, WriteClient } from '@covey/client';
import type { BeaconParameters } from './beacon.ts';
import { deployContracts } from './contracts.ts';
import type { Genesis } from './contracts.ts';
import { transact } from '../transact.ts';
import type { Action } from '../catalogue/action.ts';
import { setCustodian } from '../catalogue/custody.ts';
import { governanceError } from '../errors.ts';
import { coveyCustodians, coveyGrants, permissionId } from '../permissions.ts';
import type { VotingSettings } from '../voting-settings.ts';
import { auditPermissions } from './audit.ts';
import type { OsxFramework } from './framework.ts';
import { prepareTokenVoting } from './token-voting.ts';

/** 12.8 % of the cap, in wei. */
export const liquidAtGenesis = genesisConstants.LIQUID;

export interface DeployCoveyParameters {
  /** Signs every deployment transaction and holds no permission afterwards. */
  client: WriteClient;
  framework: OsxFramework;
  genesis: Genesis;
  /** SHA-256 of the approved scorer's wasm. */
  scorer: Hex;
  /** Where the seeds of draws come from. */
  beacon: BeaconParameters;
  /** Every governed number in the order of `params` of `@covey/contracts/abi/enums`. */
  policyValues: readonly bigint[];
  votingSettings: VotingSettings;
  /** URI of the DAO's own description, usually `ipfs://<cid>`. */
  metadata: string;
}

export type DeployCoveyReturnType = Deployment;
export type DeployCoveyErrorType = CoveyError;

/**
 * Creates the DAO, the contracts and the DAO's TokenVoting. The DAO comes first, because every contract names it for
 * good; the token must exist before TokenVoting does, or Aragon would make a token of its own. In between the
 * deployer may execute for the DAO; the last execution takes that away, and the audit proves it.
 */
export async function deployCovey(parameters: DeployCoveyParameters): Promise<DeployCoveyReturnType> {
  const { client, framework, genesis, scorer, beacon, policyValues, votingSettings, metadata } = parameters;
  const created = await transact(new Sender({ wallet: client }), {
    address: framework.daoFactory,
    abi: daoFactoryAbi,
    functionName: 'createDao',
    args: [{ trustedForwarder: zeroAddress, daoURI: '', subdomain: '', metadata: stringToHex(metadata) }, []],
    what: 'Creating the DAO',
  });
  const { dao } = eventIn(created, framework.daoRegistry, daoRegistryAbi, 'DAORegistered').args;

  const contracts = await deployContracts(client, { dao, genesis, scorer, beacon, policyValues });
  const voting = await prepareTokenVoting(client, { framework, dao, token: contracts.token, settings: votingSettings });
  const deployment: Deployment = {
    chainId: await getChainId(client),
    startBlock: Number(created.blockNumber),
    dao,
    tokenVoting: voting.plugin,
    pluginSetupProcessor: framework.pluginSetupProcessor,
    ...contracts,
  };

  const actions = [
    ...voting.actions,
    ...grantActions(deployment),
    setCustodian(deployment, { custodian: deployment.stakeManager, kind: coveyCustodians.stakeManager }),
    setCustodian(deployment, { custodian: deployment.voteEscrow, kind: coveyCustodians.voteEscrow }),
    revokeExecute(dao, client.account.address),
  ];
  await transact(new Sender({ wallet: client }), {
    address: dao,
    abi: daoAbi,
    functionName: 'execute',
    args: [zeroHash, actions, 0n],
    what: 'Setting permissions and custodians',
  });
  const publicClient = client.extend(publicActions) as unknown as PublicClient;
  await verify(connect({ deployment, publicClient }));
  return deployment;
}

const grantActions = (deployment: Deployment): Action[] =>
  coveyGrants(deployment).map(({ where, who, permissionId: id }) => ({
    to: deployment.dao,
    value: 0n,
    data: encodeFunctionData({ abi: daoAbi, functionName: 'grant', args: [where, who, id] }),
  }));

const revokeExecute = (dao: Address, deployer: Address): Action => ({
  to: dao,
  value: 0n,
  data: encodeFunctionData({ abi: daoAbi, functionName: 'revoke', args: [dao, deployer, permissionId('EXECUTE')] }),
});

/** Refuses to hand back a deployment that is not what it says. */
async function verify(covey: CoveyChain): Promise<void> {
  const { deployment } = covey;
  const counted = await covey.publicClient.readContract({
    address: deployment.tokenVoting,
    abi: tokenVotingAbi,
    functionName: 'getVotingToken',
  });
  if (getAddress(counted) !== getAddress(deployment.token)) {
    throw governanceError('GOV_PERMISSIONS', 'TokenVoting counts another token than Covey’s.', {
      expected: deployment.token,
      got: counted,
      hint: 'The token must declare IERC20 and IVotes by ERC-165, else Aragon wraps it.',
    });
  }
  const audit = await auditPermissions(covey);
  if (!audit.ok) {
    throw governanceError('GOV_PERMISSIONS', 'The permissions after the deployment are not the expected ones.', {
      got: {
        missing: audit.missing,
        unexpected: audit.unexpected,
        outsiders: audit.outsiders,
        findings: audit.findings,
      },
    });
  }
}
