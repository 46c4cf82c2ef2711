import type { CoveyError } from '@covey/errors';
import { getAddress, hexToString, isAddressEqual } from 'viem';
import type { Address, PublicClient } from 'viem';
import {
  blockHashBeaconAbi,
  coveyTokenAbi,
  daoAbi,
  drandBeaconAbi,
  pluginSetupProcessorAbi,
  inferenceChannelsAbi,
  keyEscrowAbi,
  resultsAbi,
  roundManagerAbi,
  tokenVotingAbi,
} from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { BeaconKind, Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds } from '@covey/contracts/abi/enums';
import { connect, inOrder, type CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { replaceableContracts } from '../catalogue/upgrade.ts';
import { auditPermissions } from '../deploy/audit.ts';
import type { PermissionAudit } from '../deploy/audit.ts';
import { grantEvents, liveGrants } from '../deploy/grants.ts';
import { contractAnswer } from '../contract-answer.ts';
import { governanceError } from '../errors.ts';
import { permissionId } from '../permissions.ts';
import type { Grant, PermissionName } from '../permissions.ts';
import { findSnapshotVoting } from '../snapshot-voting/find-snapshot-voting.ts';
import type { VotingSettings } from '../voting-settings.ts';
import { getVotingSettings } from './get-voting-settings.ts';

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

/**
 * Reads any OSx DAO from its address alone: who may act for it, how it votes, and whether it is a Covey. It takes a plain
 * client: a deployment, where there is one, is what it finds (`covey`), for `connect`.
 */
export async function readDao(publicClient: PublicClient, parameters: ReadDaoParameters): Promise<ReadDaoReturnType> {
  const dao = getAddress(parameters.dao);
  const fromBlock = parameters.fromBlock ?? 0n;
  const startBlock = Number(fromBlock);
  const chain = connect({ deployment: { dao, startBlock }, publicClient });
  const at = { address: dao, abi: daoAbi } as const;
  let version: readonly number[];
  try {
    version = await publicClient.readContract({ ...at, functionName: 'protocolVersion' });
  } catch (cause) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'There is no OSx DAO at this address.', { got: dao, cause });
  }
  const [daoUri, described, permissions, installed, snapshotVoting] = await Promise.all([
    publicClient.readContract({ ...at, functionName: 'daoURI' }),
    chain.events({ ...at, eventName: 'MetadataSet' }),
    liveGrants(chain),
    installations(chain),
    findSnapshotVoting(chain),
  ]);
  const executors = permissions.filter(({ permission, where }) => permission === 'EXECUTE' && where === dao);
  const plugins = await Promise.all(executors.map(({ who }) => readPlugin(publicClient, who, snapshotVoting)));
  const metadata = described.at(-1)?.args.metadata;
  const found = await findContracts(publicClient, { dao, permissions, plugins, snapshotVoting, installed });
  const first = described[0]?.blockNumber ?? fromBlock;
  const { beaconKind } = found;
  const covey: Deployment | undefined =
    found.missing.length === 0 && beaconKind !== undefined
      ? {
          chainId: await publicClient.getChainId(),
          startBlock: Number(first),
          beaconKind,
          ...(found.contracts as Contracts),
        }
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
    audit: covey && (await auditPermissions(connect({ deployment: covey, publicClient }))),
  };
}

/**
 * Every plugin that was installed, the oldest first. Anybody's contract can say that it installed something: it is asked
 * of those alone that the DAO has ever given ROOT, without which a PluginSetupProcessor installs nothing.
 */
async function installations(chain: CoveyChain<'dao' | 'startBlock'>) {
  const { dao } = chain.deployment;
  const trusted = (await grantEvents(chain)).filter(
    ({ eventName, args }) =>
      eventName === 'Granted' &&
      args.permissionId === permissionId('ROOT') &&
      isAddressEqual(args.where, dao) &&
      !isAddressEqual(args.who, dao),
  );
  const found = await Promise.all(
    [...new Set(trusted.map(({ args }) => args.who))].map((address) =>
      chain.events({ address, abi: pluginSetupProcessorAbi, eventName: 'InstallationApplied', args: { dao } }),
    ),
  );
  return found.flat().toSorted(inOrder);
}

async function readPlugin(publicClient: PublicClient, address: Address, snapshotVoting?: Address): Promise<DaoPlugin> {
  if (address === snapshotVoting) return { address, kind: 'snapshotVoting' };
  const asked = Promise.all([
    publicClient.readContract({ address, abi: tokenVotingAbi, functionName: 'getVotingToken' }),
    getVotingSettings({ publicClient, deployment: { tokenVoting: address } }),
  ]);
  const answer = await contractAnswer(asked);
  if (!answer) return { address, kind: 'other' };
  const [token, settings] = answer;
  return { address, kind: 'tokenVoting', token: getAddress(token), settings };
}

type Contracts = Omit<Deployment, 'chainId' | 'startBlock' | 'beaconKind'>;

interface Found {
  dao: Address;
  permissions: Grant[];
  plugins: DaoPlugin[];
  snapshotVoting: Address | undefined;
  installed: readonly { address: Address }[];
}

/** A Covey's contracts are known by what they may do, or what may be done on them; the token by who counts it. */
async function findContracts(
  publicClient: PublicClient,
  p: Found,
): Promise<{ contracts: Partial<Contracts>; beaconKind: BeaconKind | undefined; missing: ContractName[] }> {
  const voting = p.plugins.find(({ kind }) => kind === 'tokenVoting');
  const where = (name: PermissionName) => p.permissions.find(({ permission }) => permission === name)?.where;
  const holder = (name: PermissionName) => p.permissions.find(({ permission }) => permission === name)?.who;
  const custodians = voting?.token ? await custodiansOf(publicClient, voting.token) : {};
  const known: Partial<Contracts> = Object.fromEntries(
    Object.entries({
      dao: p.dao,
      tokenVoting: voting?.address,
      pluginSetupProcessor: p.installed.at(-1)?.address,
      token: voting?.token,
      policy: where('SET_POLICY'),
      stakeManager: custodians.custodian,
      taskManager: where('APPROVE_TASK'),
      roundManager: where('ROUND_STEP'),
      results: where('RULE_ROUND'),
      rewardDistributor: holder('PAY_OUT'),
      slashCourt: where('OVERTURN'),
      hostRegistry: where('HOLD_HOST'),
      answerCases: where('CONVICT_HOST'),
      inferenceDesk: holder('CONVICT_HOST'),
      modelMarket: where('SET_PAYMENT_TOKEN'),
      voteEscrow: custodians.escrow,
      emission: holder('MINT'),
      snapshotVoting: p.snapshotVoting,
    }).flatMap(([name, address]) => (address === undefined ? [] : [[name, getAddress(address)]])),
  );
  const found = { known, permissions: p.permissions };
  const keyEscrow = await pausedThatNames(known.modelMarket, found, (address) =>
    publicClient.readContract({ address, abi: keyEscrowAbi, functionName: 'market' }),
  );
  const ofRounds = await contractsOfRounds(publicClient, known);
  const inferenceChannels = await pausedThatNames(known.hostRegistry, found, (address) =>
    publicClient.readContract({ address, abi: inferenceChannelsAbi, functionName: 'registry' }),
  );
  const contracts: Partial<Contracts> = {
    ...known,
    ...(keyEscrow && { keyEscrow }),
    ...(inferenceChannels && { inferenceChannels }),
    ...ofRounds,
  };
  const belong = await Promise.all(
    coveyContracts.map(async (name) => [name, await belongsTo(publicClient, contracts[name], p.dao)] as const),
  );
  return {
    contracts,
    beaconKind: await beaconKindOf(publicClient, contracts.beacon),
    missing: [
      ...(['tokenVoting', 'pluginSetupProcessor', ...unowned] as const).filter((name) => contracts[name] === undefined),
      ...belong.filter(([, belongs]) => !belongs).map(([name]) => name),
    ],
  };
}

/** Nobody has a right on them, so they name no DAO: they are those that contracts of the DAO name. */
const unowned = ['submissions', 'attestations', 'beacon'] as const satisfies readonly ContractName[];

const coveyContracts = [
  ...(['token', 'policy', 'inferenceChannels'] as const),
  ...replaceableContracts.filter((name) => name !== 'submissions'),
] satisfies readonly ContractName[];

async function contractsOfRounds(
  publicClient: PublicClient,
  { results, roundManager }: Partial<Contracts>,
): Promise<Partial<Contracts>> {
  if (!results || !roundManager) return {};
  const named = { address: results, abi: resultsAbi } as const;
  const found = await Promise.all(
    Object.entries({
      submissions: publicClient.readContract({ ...named, functionName: 'submissions' }),
      attestations: publicClient.readContract({ ...named, functionName: 'attestations' }),
      beacon: publicClient.readContract({ address: roundManager, abi: roundManagerAbi, functionName: 'beacon' }),
    }).map(async ([name, asked]) => [name, await contractAnswer(asked)] as const),
  );
  return Object.fromEntries(found.flatMap(([name, address]) => (address ? [[name, getAddress(address)]] : [])));
}

/** Contracts without a permission of their own names: they can be paused, and name one that has. */
async function pausedThatNames(
  named: Address | undefined,
  { known, permissions }: { known: Partial<Contracts>; permissions: readonly Grant[] },
  ask: (address: Address) => Promise<Address>,
): Promise<Address | undefined> {
  const others = new Set(Object.values(known));
  const paused = permissions.filter(({ permission, where }) => permission === 'PAUSE_DEPOSITS' && !others.has(where));
  for (const { where: address } of paused) {
    const answer = await contractAnswer(ask(address));
    if (answer !== undefined && getAddress(answer) === named) return address;
  }
  return undefined;
}

/** By what it can tell: a network has a period, a block a distance. */
async function beaconKindOf(publicClient: PublicClient, address: Address | undefined): Promise<BeaconKind | undefined> {
  if (!address) return undefined;
  const [period, distance] = await Promise.all([
    contractAnswer(publicClient.readContract({ address, abi: drandBeaconAbi, functionName: 'period' })),
    contractAnswer(publicClient.readContract({ address, abi: blockHashBeaconAbi, functionName: 'distance' })),
  ]);
  return period !== undefined ? 'drand' : distance !== undefined ? 'block-hash' : undefined;
}

/** A contract names its DAO for good; every plugin and every contract of ours in the same way. */
async function belongsTo(publicClient: PublicClient, address: Address | undefined, dao: Address): Promise<boolean> {
  if (!address || !(await publicClient.getCode({ address }))) return false;
  const asked = publicClient.readContract({ address, abi: tokenVotingAbi, functionName: 'dao' });
  const owner = await contractAnswer(asked);
  return owner !== undefined && getAddress(owner) === dao;
}

async function custodiansOf(
  publicClient: PublicClient,
  token: Address,
): Promise<{ custodian?: Address; escrow?: Address }> {
  const at = { address: token, abi: coveyTokenAbi } as const;
  const all = (await contractAnswer(publicClient.readContract({ ...at, functionName: 'custodians' }))) ?? [];
  const found: { custodian?: Address; escrow?: Address } = {};
  for (const custodian of all) {
    const number = await publicClient.readContract({ ...at, functionName: 'custodianKind', args: [custodian] });
    const kind = decodeEnum(custodianKinds, number);
    if (kind === 'custodian' || kind === 'escrow') found[kind] = getAddress(custodian);
  }
  return found;
}
