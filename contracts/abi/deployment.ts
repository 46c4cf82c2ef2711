type Address = `0x${string}`;

/** `drand`: rounds of a drand network, verified on chain. `block-hash`: one fixed later block's hash. */
export const beaconKinds = ['drand', 'block-hash'] as const;

export type BeaconKind = (typeof beaconKinds)[number];

/** Where one Covey stands: everything that a client needs to read it. `startBlock` is the first block with events. */
export interface Deployment {
  chainId: number;
  startBlock: number;
  dao: Address;
  tokenVoting: Address;
  pluginSetupProcessor: Address;
  token: Address;
  policy: Address;
  stakeManager: Address;
  taskManager: Address;
  roundManager: Address;
  submissions: Address;
  attestations: Address;
  results: Address;
  rewardDistributor: Address;
  slashCourt: Address;
  modelMarket: Address;
  keyEscrow: Address;
  hostRegistry: Address;
  inferenceChannels: Address;
  answerCases: Address;
  inferenceDesk: Address;
  voteEscrow: Address;
  emission: Address;
  /** Where seeds come from; `beaconKind` says by which rules. */
  beacon: Address;
  beaconKind: BeaconKind;
  /** Where the DAO has installed it: the plugin that makes Snapshot votes binding. */
  snapshotVoting?: Address | undefined;
}
