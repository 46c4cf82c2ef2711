/** Where an ABI (and its creation bytecode) comes from. */
export type ArtifactSource =
  /** Built by forge with the named profile of foundry.toml; `artifact` is below the profile's `out` folder. */
  | { kind: 'forge'; profile: 'default' | 'osx'; artifact: string }
  /** A TypeChain factory of an npm package, for contracts whose sources are not on npm. */
  | { kind: 'typechain'; module: string; factory: string };

export interface ArtifactRow {
  /**
   * `name: 'taskManager'` gives `taskManagerAbi` in `contracts/abi/task-manager.ts`, and `taskManagerBytecode`, the
   * creation code of the first source, in `contracts/abi/bytecode/task-manager.ts`.
   */
  name: string;
  /** The ABI is the union of these, so an interface may be added to its implementation. */
  from: ArtifactSource[];
}

const covey = (name: string, artifact: string): ArtifactRow => ({
  name,
  from: [{ kind: 'forge', profile: 'default', artifact: `${artifact}.sol/${artifact}.json` }],
});

/** The framework of Aragon OSx 1.4, for chains on which Aragon has none. */
const framework = (name: string, artifact: string): ArtifactRow => ({
  name,
  from: [{ kind: 'forge', profile: 'osx', artifact: `${artifact}.sol/${artifact}.json` }],
});

/** Aragon's TokenVoting 1.3 with its token bases: Aragon publishes these compiled, not as sources on npm. */
const tokenVoting = (name: string, contract: string): ArtifactRow => ({
  name,
  from: [{ kind: 'typechain', module: '@aragon/osx-ethers', factory: `${contract}__factory` }],
});

export const artifacts: ArtifactRow[] = [
  covey('coveyToken', 'CoveyToken'),
  covey('policy', 'Policy'),
  covey('stakeManager', 'StakeManager'),
  covey('taskManager', 'TaskManager'),
  covey('roundManager', 'RoundManager'),
  covey('submissions', 'Submissions'),
  covey('attestations', 'Attestations'),
  covey('results', 'Results'),
  covey('rewardDistributor', 'RewardDistributor'),
  covey('slashCourt', 'SlashCourt'),
  covey('modelMarket', 'ModelMarket'),
  covey('keyEscrow', 'KeyEscrow'),
  covey('hostRegistry', 'HostRegistry'),
  covey('inferenceChannels', 'InferenceChannels'),
  covey('answerCases', 'AnswerCases'),
  covey('inferenceDesk', 'InferenceDesk'),
  covey('voteEscrow', 'VoteEscrow'),
  covey('emission', 'Emission'),
  covey('beacon', 'IBeacon'),
  covey('drandBeacon', 'DrandBeacon'),
  covey('blockHashBeacon', 'BlockHashBeacon'),
  covey('snapshotVoting', 'SnapshotVoting'),
  covey('snapshotVotingSetup', 'SnapshotVotingSetup'),
  framework('dao', 'DAO'),
  framework('daoFactory', 'DAOFactory'),
  framework('daoRegistry', 'DAORegistry'),
  framework('pluginRepo', 'PluginRepo'),
  framework('pluginRepoFactory', 'PluginRepoFactory'),
  framework('pluginRepoRegistry', 'PluginRepoRegistry'),
  framework('pluginSetupProcessor', 'PluginSetupProcessor'),
  framework('erc1967Proxy', 'ERC1967Proxy'),
  tokenVoting('tokenVoting', 'TokenVoting'),
  tokenVoting('tokenVotingSetup', 'TokenVotingSetup'),
  tokenVoting('governanceErc20', 'GovernanceERC20'),
  tokenVoting('governanceWrappedErc20', 'GovernanceWrappedERC20'),
];
