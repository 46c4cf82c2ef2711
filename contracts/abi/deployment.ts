type Address = `0x${string}`;

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
  rewardDistributor: Address;
  slashCourt: Address;
  modelMarket: Address;
  voteEscrow: Address;
  emission: Address;
  /** Where the DAO has installed it: the plugin that makes Snapshot votes binding. */
  snapshotVoting?: Address | undefined;
}
