import type { CoveyError } from '@covey/errors';
import { getAbiItem, getAddress, hexToString } from 'viem';
import type { Address } from 'viem';
import { getChainId, getCode, getLogs, readContract } from 'viem/actions';
import { coveyTokenAbi, daoAbi, pluginSetupProcessorAbi, tokenVotingAbi } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds } from '@covey/contracts/abi/enums';
import type { ReadClient } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { replaceableContracts } from '../catalogue/upgrade.ts';
import { auditPermissions } from '../deploy/audit.ts';
import type { PermissionAudit } from '../deploy/audit.ts';
import { liveGrants } from '../deploy/grants.ts';
import { governanceError } from '../errors.ts';
import type { Grant, PermissionName } from '../permissions.ts';
import { findSnapshotVoting } from '../snapshot-voting/find-snapshot-voting.ts';
import { votingModes } from '../voting-settings.ts';
import type { VotingSettings } from '../voting-settings.ts';

export interface ReadDaoParameters {
  dao: Address;
  /** First block in which the DAO can have events; default 0. Nodes of large chains want the block of its creation. */
  fromBlock?: bigint;
}

/** A contract that may make the DAO act. */
export interface DaoPlugin {
  address: Address;
  kind: 'tokenVoting' | 'snapshotVoting' | 'other';
  /** Of a TokenVoting. */
  token?: Address;
  settings?: VotingSettings;
}

export interface ReadDaoReturnType {
  dao: Address;
  /** Of OSx, for instance 1.4.0. */
  version: string;
  /** URI of the newest description, as the DAO's event has it. */
  metadata: string | undefined;
  daoUri: string;
  plugins: DaoPlugin[];
  permissions: Grant[];
  /** Everything of a Covey, when all of it is there and answers to this DAO. */
  covey: Deployment | undefined;
  /** Contracts of a Covey that are not there. */
  missing: ContractName[];
  /** Whether a Covey's permissions are exactly the expected ones. */
  audit: PermissionAudit | undefined;
}

export type ReadDaoErrorType = CoveyError;

const metadataSet = getAbiItem({ abi: daoAbi, name: 'MetadataSet' });
const installationApplied = getAbiItem({ abi: pluginSetupProcessorAbi, name: 'InstallationApplied' });

/** Reads any OSx DAO from its address alone: who may act for it, how it votes, and whether it is a Covey. */
export async function readDao(client: ReadClient, parameters: ReadDaoParameters): Promise<ReadDaoReturnType> {
  const dao = getAddress(parameters.dao);
  const fromBlock = parameters.fromBlock ?? 0n;
  const at = { address: dao, abi: daoAbi } as const;
  const range = { fromBlock, toBlock: 'latest', strict: true } as const;
  let version: readonly number[];
  try {
    version = await readContract(client, { ...at, functionName: 'protocolVersion' });
  } catch (cause) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'There is no OSx DAO at this address.', { got: dao, cause });
  }
  const startBlock = Number(fromBlock);
  const [daoUri, described, permissions, installed, snapshotVoting] = await Promise.all([
    readContract(client, { ...at, functionName: 'daoURI' }),
    getLogs(client, { address: dao, event: metadataSet, ...range }),
    liveGrants(client, { dao, startBlock }),
    // Of any processor: which one the DAO trusts is what is asked.
    getLogs(client, { event: installationApplied, args: { dao }, ...range }),
    findSnapshotVoting(client, { dao, startBlock }),
  ]);
  const executors = permissions.filter(({ permission, where }) => permission === 'EXECUTE' && where === dao);
  const plugins = await Promise.all(executors.map(({ who }) => readPlugin(client, who, snapshotVoting)));
  const metadata = described.at(-1)?.args.metadata;
  const found = await findContracts(client, { dao, permissions, plugins, snapshotVoting, installed });
  const first = described[0]?.blockNumber ?? fromBlock;
  const complete = found.missing.length === 0;
  const covey: Deployment | undefined = complete
    ? { chainId: await getChainId(client), startBlock: Number(first), ...(found.contracts as Contracts) }
    : undefined;
  return {
    dao,
    version: version.join('.'),
    metadata: metadata && hexToString(metadata),
    daoUri,
    plugins,
    permissions,
    covey,
    missing: found.missing,
    audit: covey && (await auditPermissions(client, covey)),
  };
}

async function readPlugin(client: ReadClient, address: Address, snapshotVoting?: Address): Promise<DaoPlugin> {
  if (address === snapshotVoting) return { address, kind: 'snapshotVoting' };
  const at = { address, abi: tokenVotingAbi } as const;
  try {
    const [token, mode, supportThreshold, minParticipation, minDuration, minProposerVotingPower] = await Promise.all([
      readContract(client, { ...at, functionName: 'getVotingToken' }),
      readContract(client, { ...at, functionName: 'votingMode' }),
      readContract(client, { ...at, functionName: 'supportThreshold' }),
      readContract(client, { ...at, functionName: 'minParticipation' }),
      readContract(client, { ...at, functionName: 'minDuration' }),
      readContract(client, { ...at, functionName: 'minProposerVotingPower' }),
    ]);
    const settings = {
      mode: decodeEnum(votingModes, mode),
      supportThreshold,
      minParticipation,
      minDuration,
      minProposerVotingPower,
    } as const;
    return { address, kind: 'tokenVoting', token: getAddress(token), settings };
  } catch {
    return { address, kind: 'other' };
  }
}

type Contracts = Omit<Deployment, 'chainId' | 'startBlock'>;

interface Found {
  dao: Address;
  permissions: Grant[];
  plugins: DaoPlugin[];
  snapshotVoting: Address | undefined;
  installed: readonly { address: Address }[];
}

/** A Covey's contracts are known by what they may do, or what may be done on them; the token by who counts it. */
async function findContracts(
  client: ReadClient,
  p: Found,
): Promise<{ contracts: Partial<Contracts>; missing: ContractName[] }> {
  const voting = p.plugins.find(({ kind }) => kind === 'tokenVoting');
  const where = (name: PermissionName) => p.permissions.find(({ permission }) => permission === name)?.where;
  const holder = (name: PermissionName) => p.permissions.find(({ permission }) => permission === name)?.who;
  const custodians = voting?.token ? await custodiansOf(client, voting.token) : {};
  const known: Partial<Contracts> = Object.fromEntries(
    Object.entries({
      dao: p.dao,
      tokenVoting: voting?.address,
      pluginSetupProcessor: p.installed.at(-1)?.address,
      token: voting?.token,
      policy: where('SET_POLICY'),
      stakeManager: custodians.custodian,
      taskManager: where('APPROVE_TASK'),
      roundManager: where('RULE_ROUND'),
      rewardDistributor: holder('PAY_OUT'),
      slashCourt: where('OVERTURN'),
      voteEscrow: custodians.escrow,
      emission: holder('MINT'),
      snapshotVoting: p.snapshotVoting,
    }).flatMap(([name, address]) => (address === undefined ? [] : [[name, getAddress(address)]])),
  );
  // The market alone has no permission of its own name: it is what else can be paused.
  const others = new Set(Object.values(known));
  const modelMarket = p.permissions.find(
    ({ permission, where: paused }) => permission === 'PAUSE_DEPOSITS' && !others.has(paused),
  )?.where;
  const contracts: Partial<Contracts> = { ...known, ...(modelMarket && { modelMarket }) };
  const belong = await Promise.all(
    coveyContracts.map(async (name) => [name, await belongsTo(client, contracts[name], p.dao)] as const),
  );
  return {
    contracts,
    missing: [
      ...(['tokenVoting', 'pluginSetupProcessor'] as const).filter((name) => contracts[name] === undefined),
      ...belong.filter(([, belongs]) => !belongs).map(([name]) => name),
    ],
  };
}

const coveyContracts = ['token', 'policy', ...replaceableContracts] as const satisfies readonly ContractName[];

/** A contract names its DAO for good; every plugin and every contract of ours in the same way. */
async function belongsTo(client: ReadClient, address: Address | undefined, dao: Address): Promise<boolean> {
  if (!address || !(await getCode(client, { address }))) return false;
  const owner = await readContract(client, { address, abi: tokenVotingAbi, functionName: 'dao' }).catch(
    () => undefined,
  );
  return owner !== undefined && getAddress(owner) === dao;
}

async function custodiansOf(client: ReadClient, token: Address): Promise<{ custodian?: Address; escrow?: Address }> {
  const at = { address: token, abi: coveyTokenAbi } as const;
  const all = await readContract(client, { ...at, functionName: 'custodians' }).catch(() => []);
  const found: { custodian?: Address; escrow?: Address } = {};
  for (const custodian of all) {
    const number = await readContract(client, { ...at, functionName: 'custodianKind', args: [custodian] });
    const kind = decodeEnum(custodianKinds, number);
    if (kind === 'custodian' || kind === 'escrow') found[kind] = getAddress(custodian);
  }
  return found;
}
