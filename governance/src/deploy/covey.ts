import type { CoveyError } from '@covey/errors';
import { encodeFunctionData, getAddress, publicActions, stringToHex, zeroAddress, zeroHash } from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { getChainId } from 'viem/actions';
import {
  answerCasesAbi,
  attestationsAbi,
  coveyTokenAbi,
  daoAbi,
  daoFactoryAbi,
  daoRegistryAbi,
  emissionAbi,
  hostRegistryAbi,
  inferenceChannelsAbi,
  inferenceDeskAbi,
  keyEscrowAbi,
  modelMarketAbi,
  policyAbi,
  resultsAbi,
  rewardDistributorAbi,
  roundManagerAbi,
  slashCourtAbi,
  stakeManagerAbi,
  submissionsAbi,
  taskManagerAbi,
  tokenVotingAbi,
  voteEscrowAbi,
} from '@covey/contracts/abi';
import { genesisConstants } from '@covey/contracts/abi/constants';
import { answerCasesBytecode } from '@covey/contracts/abi/bytecode/answer-cases';
import { attestationsBytecode } from '@covey/contracts/abi/bytecode/attestations';
import { coveyTokenBytecode } from '@covey/contracts/abi/bytecode/covey-token';
import { emissionBytecode } from '@covey/contracts/abi/bytecode/emission';
import { hostRegistryBytecode } from '@covey/contracts/abi/bytecode/host-registry';
import { inferenceChannelsBytecode } from '@covey/contracts/abi/bytecode/inference-channels';
import { inferenceDeskBytecode } from '@covey/contracts/abi/bytecode/inference-desk';
import { keyEscrowBytecode } from '@covey/contracts/abi/bytecode/key-escrow';
import { modelMarketBytecode } from '@covey/contracts/abi/bytecode/model-market';
import { policyBytecode } from '@covey/contracts/abi/bytecode/policy';
import { resultsBytecode } from '@covey/contracts/abi/bytecode/results';
import { rewardDistributorBytecode } from '@covey/contracts/abi/bytecode/reward-distributor';
import { roundManagerBytecode } from '@covey/contracts/abi/bytecode/round-manager';
import { slashCourtBytecode } from '@covey/contracts/abi/bytecode/slash-court';
import { stakeManagerBytecode } from '@covey/contracts/abi/bytecode/stake-manager';
import { submissionsBytecode } from '@covey/contracts/abi/bytecode/submissions';
import { taskManagerBytecode } from '@covey/contracts/abi/bytecode/task-manager';
import { voteEscrowBytecode } from '@covey/contracts/abi/bytecode/vote-escrow';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { connect, eventIn, Sender } from '@covey/client';
import type { CoveyChain, WriteClient } from '@covey/client';
import { createBeacon } from './beacon.ts';
import type { BeaconParameters } from './beacon.ts';
import { create } from './create.ts';
import { transact } from '../transact.ts';
import type { Action } from '../catalogue/action.ts';
import { setCustodian } from '../catalogue/custody.ts';
import { governanceError } from '../errors.ts';
import { coveyCustodians, coveyGrants, permissionId } from '../permissions.ts';
import type { VotingSettings } from '../voting-settings.ts';
import { auditPermissions } from './audit.ts';
import type { OsxFramework } from './framework.ts';
import { prepareTokenVoting } from './token-voting.ts';

/** Who the tokens belong to when the token is created. The community share is minted later, by the emission. */
export interface Genesis {
  /** Owners of the three vesting wallets. */
  team: Address;
  investors: Address;
  ecosystem: Address;
  /** Held from the first day; amounts in wei, which together have to be `liquidAtGenesis`. */
  liquid: readonly { recipient: Address; amount: bigint }[];
}

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

type Contracts = Omit<Deployment, 'chainId' | 'startBlock' | 'dao' | 'tokenVoting' | 'pluginSetupProcessor'>;

async function deployContracts(
  client: WriteClient,
  p: Pick<DeployCoveyParameters, 'genesis' | 'scorer' | 'beacon' | 'policyValues'> & { dao: Address },
): Promise<Contracts> {
  const { dao } = p;
  const { team, investors, ecosystem, liquid } = p.genesis;
  const token = await create(client, {
    abi: coveyTokenAbi,
    bytecode: coveyTokenBytecode,
    args: [dao, { team, investors, ecosystem }, liquid],
    what: 'CoveyToken',
  });
  const policy = await create(client, {
    abi: policyAbi,
    bytecode: policyBytecode,
    args: [dao, p.scorer, p.policyValues],
    what: 'Policy',
  });
  const stakeManager = await create(client, {
    abi: stakeManagerAbi,
    bytecode: stakeManagerBytecode,
    args: [dao, token, policy],
    what: 'StakeManager',
  });
  const taskManager = await create(client, {
    abi: taskManagerAbi,
    bytecode: taskManagerBytecode,
    args: [dao, token, policy],
    what: 'TaskManager',
  });
  const beacon = await createBeacon(client, p.beacon);
  const roundManager = await create(client, {
    abi: roundManagerAbi,
    bytecode: roundManagerBytecode,
    args: [dao, policy, stakeManager, taskManager, beacon],
    what: 'RoundManager',
  });
  const submissions = await create(client, {
    abi: submissionsAbi,
    bytecode: submissionsBytecode,
    args: [roundManager, taskManager],
    what: 'Submissions',
  });
  const attestations = await create(client, {
    abi: attestationsAbi,
    bytecode: attestationsBytecode,
    args: [roundManager, submissions, taskManager],
    what: 'Attestations',
  });
  const results = await create(client, {
    abi: resultsAbi,
    bytecode: resultsBytecode,
    args: [dao, token, policy, taskManager, roundManager, submissions, attestations],
    what: 'Results',
  });
  const rewardDistributor = await create(client, {
    abi: rewardDistributorAbi,
    bytecode: rewardDistributorBytecode,
    args: [dao, token, policy, taskManager, roundManager, submissions, results, stakeManager],
    what: 'RewardDistributor',
  });
  const slashCourt = await create(client, {
    abi: slashCourtAbi,
    bytecode: slashCourtBytecode,
    args: [dao, token, policy, stakeManager, roundManager, submissions, attestations, results],
    what: 'SlashCourt',
  });
  const modelMarket = await create(client, {
    abi: modelMarketAbi,
    bytecode: modelMarketBytecode,
    args: [dao, token, policy, taskManager, roundManager, results, rewardDistributor],
    what: 'ModelMarket',
  });
  const keyEscrow = await create(client, {
    abi: keyEscrowAbi,
    bytecode: keyEscrowBytecode,
    args: [dao, token, policy, modelMarket],
    what: 'KeyEscrow',
  });
  const hostRegistry = await create(client, {
    abi: hostRegistryAbi,
    bytecode: hostRegistryBytecode,
    args: [dao, policy, stakeManager],
    what: 'HostRegistry',
  });
  const inferenceChannels = await create(client, {
    abi: inferenceChannelsAbi,
    bytecode: inferenceChannelsBytecode,
    args: [dao, token, policy, hostRegistry],
    what: 'InferenceChannels',
  });
  const answerCases = await create(client, {
    abi: answerCasesAbi,
    bytecode: answerCasesBytecode,
    args: [dao, token, policy, stakeManager, hostRegistry],
    what: 'AnswerCases',
  });
  const inferenceDesk = await create(client, {
    abi: inferenceDeskAbi,
    bytecode: inferenceDeskBytecode,
    args: [dao, token, policy, hostRegistry, answerCases],
    what: 'InferenceDesk',
  });
  const voteEscrow = await create(client, {
    abi: voteEscrowAbi,
    bytecode: voteEscrowBytecode,
    args: [dao, token],
    what: 'VoteEscrow',
  });
  const emission = await create(client, {
    abi: emissionAbi,
    bytecode: emissionBytecode,
    args: [dao, token, policy, stakeManager, taskManager, roundManager, results, rewardDistributor],
    what: 'Emission',
  });
  return {
    token,
    policy,
    stakeManager,
    taskManager,
    roundManager,
    submissions,
    attestations,
    results,
    rewardDistributor,
    slashCourt,
    modelMarket,
    keyEscrow,
    hostRegistry,
    inferenceChannels,
    answerCases,
    inferenceDesk,
    voteEscrow,
    emission,
    beacon,
    beaconKind: p.beacon.kind,
  };
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
