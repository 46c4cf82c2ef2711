import { parseEther } from 'viem';
import type { Hex } from 'viem';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { policyValues } from '../catalogue/policyValues.ts';
import { deployCovey } from '../deploy/covey.ts';
import { deployOsxFramework } from '../deploy/framework.ts';
import type { LocalOsxFramework } from '../deploy/framework.ts';
import type { VotingSettings } from '../votingSettings.ts';
import type { Anvil } from './anvil.ts';

/** An hour is TokenVoting's shortest; every other number is small enough that few voters can decide. */
export const testVotingSettings: VotingSettings = {
  mode: 'standard',
  supportThreshold: 500_000,
  minParticipation: 50_000,
  minDuration: 3_600n,
  minProposerVotingPower: parseEther('1000'),
};

export interface TestCovey {
  framework: LocalOsxFramework;
  deployment: Deployment;
}

export interface DeployTestCoveyOptions {
  /** Default: a million tokens for each test account. */
  genesis?: { recipient: Hex; amount: bigint }[];
  scorer?: Hex;
  policy?: Partial<Record<ParamName, bigint>>;
  votingSettings?: Partial<VotingSettings>;
}

/** Deploys framework and Covey with test account 0, which keeps no permission. */
export async function deployTestCovey(anvil: Anvil, options: DeployTestCoveyOptions = {}): Promise<TestCovey> {
  const client = anvil.wallet(0);
  const everybody = anvil.accounts.map(({ address }) => ({ recipient: address, amount: parseEther('1000000') }));
  const framework = await deployOsxFramework(client);
  const deployment = await deployCovey({
    client,
    framework,
    genesis: options.genesis ?? everybody,
    scorer: options.scorer ?? `0x${'5c'.repeat(32)}`,
    policyValues: policyValues(options.policy),
    votingSettings: { ...testVotingSettings, ...options.votingSettings },
    metadata: 'ipfs://bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  });
  return { framework, deployment };
}
