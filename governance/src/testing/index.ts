export { startAnvil, testMnemonic } from './anvil.ts';
export type { Anvil, AnvilWallet, StartAnvilOptions } from './anvil.ts';
export { deployTestCovey, testBeacon, testTreasury, testVotingSettings } from './covey.ts';
export type { DeployTestCoveyOptions, TestCovey } from './covey.ts';
export { compile } from './compile.ts';
export { decide, installSnapshotVoting, testSnapshotSettings } from './snapshot-voting.ts';
export type { InstallSnapshotVotingOptions } from './snapshot-voting.ts';
