import type { Abi, Address, ContractConstructorArgs, Hex } from 'viem';
import { contractAbis } from '@covey/contracts/abi';
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
import type { WriteClient } from '@covey/client';
import { createBeacon } from './beacon.ts';
import type { BeaconParameters } from './beacon.ts';
import { create } from './create.ts';

/** Who the tokens belong to when the token is created. The community share is minted later, by the emission. */
export interface Genesis {
  /** Owners of the three vesting wallets. */
  team: Address;
  investors: Address;
  ecosystem: Address;
  /** Held from the first day; amounts in wei, which together have to be `liquidAtGenesis`. */
  liquid: readonly { recipient: Address; amount: bigint }[];
}

type Contracts = Omit<Deployment, 'chainId' | 'startBlock' | 'dao' | 'tokenVoting' | 'pluginSetupProcessor'>;
/** Those that take something else than addresses. */
type Founded = 'token' | 'policy' | 'beacon';
type Linked = Exclude<keyof Contracts, Founded | 'beaconKind' | 'snapshotVoting'>;
type Addresses = Record<'dao' | Founded | Linked, Address>;

/** A name for each parameter of a constructor. */
type Named<T> = T extends readonly unknown[] ? { [I in keyof T]: keyof Addresses } : never;
type Needs<N extends Linked> = Named<ContractConstructorArgs<(typeof contractAbis)[N]>> & Row['needs'];

interface Row {
  name: Linked;
  bytecode: Hex;
  needs: readonly (keyof Addresses)[];
}

const row = <N extends Linked>(name: N, bytecode: Hex, needs: Needs<N>): Row => ({ name, bytecode, needs });

/** Contracts whose constructors take the addresses of others, in their order; each stands below those that it names. */
const linked: readonly Row[] = [
  row('stakeManager', stakeManagerBytecode, ['dao', 'token', 'policy']),
  row('taskManager', taskManagerBytecode, ['dao', 'token', 'policy']),
  row('roundManager', roundManagerBytecode, ['dao', 'policy', 'stakeManager', 'taskManager', 'beacon']),
  row('submissions', submissionsBytecode, ['roundManager', 'taskManager']),
  row('attestations', attestationsBytecode, ['roundManager', 'submissions', 'taskManager']),
  row('results', resultsBytecode, [
    'dao',
    'token',
    'policy',
    'taskManager',
    'roundManager',
    'submissions',
    'attestations',
  ]),
  row('rewardDistributor', rewardDistributorBytecode, [
    'dao',
    'token',
    'policy',
    'taskManager',
    'roundManager',
    'submissions',
    'results',
    'stakeManager',
  ]),
  row('slashCourt', slashCourtBytecode, [
    'dao',
    'token',
    'policy',
    'stakeManager',
    'roundManager',
    'submissions',
    'attestations',
    'results',
  ]),
  row('modelMarket', modelMarketBytecode, [
    'dao',
    'token',
    'policy',
    'taskManager',
    'roundManager',
    'results',
    'rewardDistributor',
  ]),
  row('keyEscrow', keyEscrowBytecode, ['dao', 'token', 'policy', 'modelMarket']),
  row('hostRegistry', hostRegistryBytecode, ['dao', 'policy', 'stakeManager']),
  row('inferenceChannels', inferenceChannelsBytecode, ['dao', 'token', 'policy', 'hostRegistry']),
  row('answerCases', answerCasesBytecode, ['dao', 'token', 'policy', 'stakeManager', 'hostRegistry']),
  row('inferenceDesk', inferenceDeskBytecode, ['dao', 'token', 'policy', 'hostRegistry', 'answerCases']),
  row('voteEscrow', voteEscrowBytecode, ['dao', 'token']),
  row('emission', emissionBytecode, [
    'dao',
    'token',
    'policy',
    'stakeManager',
    'taskManager',
    'roundManager',
    'results',
    'rewardDistributor',
  ]),
];

/** Creates every contract, in an order in which each can name those that it trusts. */
export async function deployContracts(
  client: WriteClient,
  p: { dao: Address; genesis: Genesis; scorer: Hex; beacon: BeaconParameters; policyValues: readonly bigint[] },
): Promise<Contracts> {
  const { dao } = p;
  const { team, investors, ecosystem, liquid } = p.genesis;
  const token = await create(client, {
    abi: contractAbis.token,
    bytecode: coveyTokenBytecode,
    args: [dao, { team, investors, ecosystem }, liquid],
    what: 'CoveyToken',
  });
  const policy = await create(client, {
    abi: contractAbis.policy,
    bytecode: policyBytecode,
    args: [dao, p.scorer, p.policyValues],
    what: 'Policy',
  });
  const beacon = await createBeacon(client, p.beacon);
  const at: Partial<Addresses> = { dao, token, policy, beacon };
  for (const { name, bytecode, needs } of linked) {
    const args = needs.map((need) => at[need]);
    at[name] = await create(client, { abi: contractAbis[name] as Abi, bytecode, args, what: contractOf(name) });
  }
  const { dao: _dao, ...created } = at as Addresses;
  return { ...created, beaconKind: p.beacon.kind };
}

/** Its name in Solidity. */
const contractOf = (name: Linked): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;
