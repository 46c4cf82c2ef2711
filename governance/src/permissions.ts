import { getAddress, keccak256, stringToHex } from 'viem';
import type { Address, Hex } from 'viem';
import { permissionsConstants } from '@covey/contracts/abi/constants';
import type { Deployment } from '@covey/contracts/abi/deployment';

/** What Aragon's DAO, its plugins and its setups ask for, and ours do not. */
const osxPermissions = [
  'ROOT',
  'UPGRADE_DAO',
  'SET_TRUSTED_FORWARDER',
  'SET_METADATA',
  'REGISTER_STANDARD_CALLBACK',
  'UPGRADE_PLUGIN',
  'APPLY_INSTALLATION',
  'APPLY_UPDATE',
  'APPLY_UNINSTALLATION',
  'VALIDATE_SIGNATURE',
  'SET_TARGET_CONFIG',
  'MAINTAINER',
  'UPGRADE_REPO',
  'REGISTER_DAO',
  'REGISTER_PLUGIN_REPO',
] as const;

type CoveyPermission<Constant = keyof typeof permissionsConstants> = Constant extends `${infer Name}_PERMISSION`
  ? Name
  : never;

export type PermissionName = (typeof osxPermissions)[number] | CoveyPermission;

/** Every permission that a Covey's contracts, its DAO, its plugins or Aragon's setups ask for; the id on chain is keccak256 of `<name>_PERMISSION`. */
export const permissionNames: readonly PermissionName[] = [
  ...osxPermissions,
  ...Object.keys(permissionsConstants).map((constant) => constant.replace(/_PERMISSION$/, '') as CoveyPermission),
];

export const permissionId = (name: PermissionName): Hex => keccak256(stringToHex(`${name}_PERMISSION`));

const namesById = new Map<Hex, PermissionName>(permissionNames.map((name) => [permissionId(name), name]));

/** The name of a permission id, or undefined for one that Covey does not know. */
export const permissionName = (id: Hex): PermissionName | undefined => namesById.get(id);

/** `who` may do on `where` what the permission names. */
export interface Grant {
  where: Address;
  who: Address;
  permissionId: Hex;
  /** Undefined when the id is not one of Covey's. */
  permission?: PermissionName;
  /** Contract that must agree to each use; undefined for an unconditional grant. */
  condition?: Address;
}

const grant = (where: Address, who: Address, permission: PermissionName): Grant => ({
  where: getAddress(where),
  who: getAddress(who),
  permissionId: permissionId(permission),
  permission,
});

/** What the contracts of Covey need, granted once by the DAO when it is set up. */
export function coveyGrants(d: Deployment): Grant[] {
  return [
    grant(d.token, d.emission, 'MINT'),
    grant(d.token, d.dao, 'SET_CUSTODIAN'),
    ...[d.slashCourt, d.answerCases].map((who) => grant(d.stakeManager, who, 'SLASH')),
    ...[d.slashCourt, d.hostRegistry].map((who) => grant(d.stakeManager, who, 'UNBIND')),
    ...[d.roundManager, d.hostRegistry].map((who) => grant(d.stakeManager, who, 'BIND')),
    ...[d.answerCases, d.inferenceDesk].map((who) => grant(d.hostRegistry, who, 'HOLD_HOST')),
    grant(d.answerCases, d.inferenceDesk, 'CONVICT_HOST'),
    ...[d.answerCases, d.inferenceDesk].map((where) => grant(where, d.dao, 'RULE_ANSWER')),
    grant(d.taskManager, d.dao, 'APPROVE_TASK'),
    grant(d.taskManager, d.roundManager, 'ROUND'),
    grant(d.taskManager, d.rewardDistributor, 'PAY_OUT'),
    grant(d.taskManager, d.submissions, 'PAY_FORFEIT'),
    ...[d.rewardDistributor, d.emission].map((who) => grant(d.taskManager, who, 'RETURN_BUDGET')),
    grant(d.roundManager, d.results, 'ROUND_STEP'),
    grant(d.policy, d.dao, 'SET_POLICY'),
    grant(d.policy, d.dao, 'SET_SCORER'),
    grant(d.results, d.dao, 'RULE_ROUND'),
    grant(d.slashCourt, d.dao, 'OVERTURN'),
    grant(d.modelMarket, d.dao, 'SET_PAYMENT_TOKEN'),
    ...[
      ...[d.stakeManager, d.voteEscrow, d.taskManager, d.modelMarket, d.keyEscrow],
      ...[d.inferenceChannels, d.inferenceDesk],
    ].map((where) => grant(where, d.dao, 'PAUSE_DEPOSITS')),
  ];
}

/** Contracts that keep tokens which go on voting for their owners. */
export const coveyCustodians = { stakeManager: 'custodian', voteEscrow: 'escrow' } as const;

/** What SnapshotVoting needs where it is installed: it may execute; only the DAO, so another vote, stops it or changes it. */
const snapshotVotingGrants = ({ dao, snapshotVoting }: Deployment): Grant[] =>
  snapshotVoting === undefined
    ? []
    : [
        grant(dao, snapshotVoting, 'EXECUTE'),
        grant(snapshotVoting, dao, 'UPDATE_VOTING_SETTINGS'),
        grant(snapshotVoting, dao, 'VETO'),
      ];

/** Every grant of a Covey: the DAO's own, those of its TokenVoting and its SnapshotVoting, and `coveyGrants`. */
export function expectedGrants(d: Deployment): Grant[] {
  return [
    grant(d.dao, d.dao, 'ROOT'),
    grant(d.dao, d.dao, 'UPGRADE_DAO'),
    grant(d.dao, d.dao, 'SET_TRUSTED_FORWARDER'),
    grant(d.dao, d.dao, 'SET_METADATA'),
    grant(d.dao, d.dao, 'REGISTER_STANDARD_CALLBACK'),
    grant(d.dao, d.tokenVoting, 'EXECUTE'),
    grant(d.tokenVoting, d.dao, 'UPDATE_VOTING_SETTINGS'),
    grant(d.tokenVoting, d.dao, 'UPGRADE_PLUGIN'),
    ...snapshotVotingGrants(d),
    ...coveyGrants(d),
  ];
}
