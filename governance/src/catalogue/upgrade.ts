import { encodeFunctionData } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { coveyCustodians, coveyGrants } from '../permissions.ts';
import type { Action } from './action.ts';
import { setCustodian } from './custody.ts';
import { grantPermission, revokePermission } from './permission.ts';

/**
 * Contracts that a successor can take over from; see docs/decisions/0018-upgrade-path.md. The token never, it is the vote
 * itself. Channels need nothing of the DAO but that it may pause them: others are installed by that grant alone.
 */
export const replaceableContracts = [
  'stakeManager',
  'taskManager',
  'roundManager',
  'submissions',
  'results',
  'rewardDistributor',
  'slashCourt',
  'modelMarket',
  'keyEscrow',
  'hostRegistry',
  'answerCases',
  'inferenceDesk',
  'voteEscrow',
  'emission',
] as const;
export type ReplaceableContract = (typeof replaceableContracts)[number];

const custodyOf = (contract: ReplaceableContract) =>
  (coveyCustodians as Partial<Record<ReplaceableContract, 'custodian' | 'escrow'>>)[contract];

/**
 * First step of a replacement: what the contract may do, and what others may do on it, holds for the successor too. The
 * predecessor keeps all of it until `retireContract`, so that what runs there can end.
 */
export function appointSuccessor(
  deployment: Deployment,
  { contract, successor }: { contract: ReplaceableContract; successor: Address },
): Action[] {
  const old = deployment[contract].toLowerCase();
  const moved = (address: Address) => (address.toLowerCase() === old ? successor : address);
  const kind = custodyOf(contract);
  return [
    ...coveyGrants(deployment)
      .filter(({ where, who }) => moved(where) === successor || moved(who) === successor)
      .map(({ where, who, permissionId }) =>
        grantPermission(deployment, { where: moved(where), who: moved(who), permissionId }),
      ),
    ...(kind ? [setCustodian(deployment, { custodian: successor, kind })] : []),
  ];
}

/**
 * Second step, once no round and no case there needs it: the contract may do nothing any more on others. The DAO's own
 * permissions on it stay, and so do its exits.
 */
export function retireContract(deployment: Deployment, contract: ReplaceableContract): Action[] {
  const old = deployment[contract];
  return [
    ...coveyGrants(deployment)
      .filter(({ who }) => who.toLowerCase() === old.toLowerCase())
      .map((grant) => revokePermission(deployment, grant)),
    ...(custodyOf(contract) ? [setCustodian(deployment, { custodian: old, kind: 'none' })] : []),
  ];
}

/** Gives a proxy by ERC-1967 other code, and calls it with `data` when there is any. DAO and TokenVoting are such. */
export const upgradeProxy = (proxy: Address, implementation: Address, data?: Hex): Action => ({
  to: proxy,
  value: 0n,
  data: data
    ? encodeFunctionData({ abi: daoAbi, functionName: 'upgradeToAndCall', args: [implementation, data] })
    : encodeFunctionData({ abi: daoAbi, functionName: 'upgradeTo', args: [implementation] }),
});
