import type { Deployment } from '@covey/contracts/abi';
import { policyValues, type VotingSettings } from '@covey/governance';
import {
  deployCovey,
  deployOsxFramework,
  liquidAtGenesis,
  type Genesis,
  type OsxFramework,
} from '@covey/governance/deploy';
import type { Anvil } from '@covey/governance/testing';
import { fileCid } from '@covey/protocol';
import { parseEther, type Address, type Hex } from 'viem';
import { localNetwork } from '@covey/protocol/beacon/local-network';
import { cast } from './cast.ts';

/** The DAO's own description. Its CID is known before a store runs to keep it. */
export const daoMetadata = new TextEncoder().encode(
  JSON.stringify({ name: 'Covey', description: 'Governs decentralised AI training.', links: [] }),
);

/** Who signs the rounds of the demo's own drand network: the same contract as in a deployment, with this key. */
export const beaconNetwork = localNetwork(`0x${'c0'.repeat(32)}`);

/** TokenVoting's shortest vote; a majority of all tokens may execute at once. */
const votingSettings: VotingSettings = {
  mode: 'earlyExecution',
  supportThreshold: 500_000,
  minParticipation: 100_000,
  minDuration: 3_600n,
  minProposerVotingPower: parseEther('100000'),
};

/** Deploys the Aragon framework and a Covey whose tokens the demo's cast holds. */
export async function deploy(chain: Anvil, scorer: Hex): Promise<{ deployment: Deployment; framework: OsxFramework }> {
  const client = chain.wallet(cast.deployer);
  const framework = await deployOsxFramework(client);
  const deployment = await deployCovey({
    client,
    framework,
    genesis: genesis(chain),
    scorer,
    // A round a second since long ago: the demo's clock jumps.
    beacon: { kind: 'drand', publicKey: beaconNetwork.publicKey, genesis: 1_700_000_000n, period: 1n, delay: 0n },
    // A test chain's day is short; a thousand tokens a day leave the rounds' pools recognisable.
    policyValues: policyValues({ emissionDaily: parseEther('1000') }),
    votingSettings,
    metadata: `ipfs://${await fileCid(daoMetadata)}`,
  });
  return { deployment, framework };
}

function genesis(chain: Anvil): Genesis {
  const address = (account: number) => (chain.accounts[account] as { address: Address }).address;
  const of = (account: number, tokens: string) => ({ recipient: address(account), amount: parseEther(tokens) });
  const holders = [
    ...cast.voters.map((account) => of(account, '20000000')),
    of(cast.visitor, '20000000'),
    of(cast.creator, '1000000'),
    of(cast.buyer, '10000'),
    ...cast.trainers.map((account) => of(account, '20000')),
    ...cast.validators.map((account) => of(account, '50000')),
    ...cast.sybil.map((account) => of(account, '10000')),
    ...[cast.host, cast.lyingHost].map((account) => of(account, '20000')),
    ...cast.delegators.map((account) => of(account, '20000')),
    of(cast.locker, '1000000'),
  ];
  const rest = liquidAtGenesis - holders.reduce((sum, { amount }) => sum + amount, 0n);
  return {
    team: address(cast.team),
    investors: address(cast.investors),
    ecosystem: address(cast.ecosystem),
    liquid: [...holders, { recipient: address(cast.ecosystem), amount: rest }],
  };
}
