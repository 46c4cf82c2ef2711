/** Where an ABI (and its creation bytecode) comes from. */
export type ArtifactSource =
  /** Built by forge with the named profile of foundry.toml; `artifact` is below the profile's `out` folder. */
  | { kind: 'forge'; profile: 'default' | 'osx'; artifact: string }
  /** A TypeChain factory of an npm package, for contracts whose sources are not on npm. */
  | { kind: 'typechain'; module: string; factory: string };

export interface ArtifactRow {
  /** `name: 'policy'` gives `contracts/abi/policy.ts` with `policyAbi`, and `policyBytecode` in `bytecode.ts`. */
  name: string;
  /** The ABI is the union of these, so an interface may be added to its implementation. */
  from: ArtifactSource[];
  /** Whether the creation bytecode of the first source is exported too. */
  bytecode: boolean;
}

const covey = (name: string, artifact: string): ArtifactRow => ({
  name,
  from: [{ kind: 'forge', profile: 'default', artifact: `${artifact}.sol/${artifact}.json` }],
  bytecode: true,
});

export const artifacts: ArtifactRow[] = [
  covey('coveyToken', 'CoveyToken'),
  covey('policy', 'Policy'),
  covey('stakeManager', 'StakeManager'),
  covey('taskManager', 'TaskManager'),
  covey('roundManager', 'RoundManager'),
  covey('rewardDistributor', 'RewardDistributor'),
  covey('slashCourt', 'SlashCourt'),
  covey('modelMarket', 'ModelMarket'),
];
