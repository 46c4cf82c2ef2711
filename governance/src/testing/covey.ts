import { parseEther } from 'viem';
import type { Address, Hex } from 'viem';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { localNetwork } from '@covey/protocol/beacon/local-network';
import { policyValues } from '../catalogue/policy-values.ts';
import type { BeaconParameters } from '../deploy/beacon.ts';
import { deployCovey, liquidAtGenesis } from '../deploy/covey.ts';
import { deployOsxFramework } from '../deploy/framework.ts';
import type { LocalOsxFramework } from '../deploy/framework.ts';
import type { VotingSettings } from '../voting-settings.ts';
import type { Anvil } from './anvil.ts';

/** An hour is TokenVoting's shortest; every other number is small enough that one voter with a million can decide. */
export const testVotingSettings: VotingSettings = {
  mode: 'standard',
  supportThreshold: 500_000,
  minParticipation: 1_000,
  minDuration: 3_600n,
  minProposerVotingPower: parseEther('1000'),
};

/** Nobody has its key; a test chain lets anyone act for it. */
export const testTreasury: Address = '0x7e57000000000000000000000000000000000001';

/** Signs the rounds of the beacon of a test deployment. */
export const testBeacon = localNetwork(`0x${'2b'.repeat(32)}`);

/** A round a second since long ago, none of them late. */
const testBeaconParameters: BeaconParameters = {
  kind: 'drand',
  publicKey: testBeacon.publicKey,
  genesis: 1_700_000_000n,
  period: 1n,
  delay: 0n,
};

export interface TestCovey {
  framework: LocalOsxFramework;
  deployment: Deployment;
}

export interface DeployTestCoveyOptions {
  /** Who holds what; default: a million tokens for each test account. `testTreasury` gets the rest of what is liquid. */
  genesis?: { recipient: Hex; amount: bigint }[];
  scorer?: Hex;
  beacon?: BeaconParameters;
  policy?: Partial<Record<ParamName, bigint>>;
  votingSettings?: Partial<VotingSettings>;
}

/** Deploys framework and Covey with test account 0, which keeps no permission. */
export async function deployTestCovey(anvil: Anvil, options: DeployTestCoveyOptions = {}): Promise<TestCovey> {
  const client = anvil.wallet(0);
  const everybody = anvil.accounts.map(({ address }) => ({ recipient: address, amount: parseEther('1000000') }));
  const holders = options.genesis ?? everybody;
  const rest = liquidAtGenesis - holders.reduce((sum, { amount }) => sum + amount, 0n);
  const framework = await deployOsxFramework(client);
  const deployment = await deployCovey({
    client,
    framework,
    genesis: {
      team: testTreasury,
      investors: testTreasury,
      ecosystem: testTreasury,
      liquid: [...holders, { recipient: testTreasury, amount: rest }],
    },
    scorer: options.scorer ?? `0x${'5c'.repeat(32)}`,
    beacon: options.beacon ?? testBeaconParameters,
    policyValues: policyValues(options.policy),
    votingSettings: { ...testVotingSettings, ...options.votingSettings },
    metadata: 'ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  });
  return { framework, deployment };
}
