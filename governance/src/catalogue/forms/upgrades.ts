import type { Address, Hex } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../action.ts';
import type { DecodedAction } from '../decoded.ts';
import { appointSuccessor, replaceableContracts, retireContract, upgradeProxy } from '../upgrade.ts';
import type { ReplaceableContract } from '../upgrade.ts';
import { argsOf, defineForm } from './form.ts';

const beginsWith = (calls: readonly DecodedAction[], actions: readonly Action[]): boolean =>
  actions.length > 0 &&
  actions.every(({ to, data }, i) => calls[i]?.to.toLowerCase() === to.toLowerCase() && calls[i]?.data === data);

/** The replaceable contract whose calls these are; when several fit, the one with the most. */
function contractOf(
  calls: readonly DecodedAction[],
  build: (contract: ReplaceableContract) => Action[],
): ReplaceableContract | undefined {
  return replaceableContracts
    .map((contract) => ({ contract, actions: build(contract) }))
    .filter(({ actions }) => beginsWith(calls, actions))
    .toSorted((a, b) => b.actions.length - a.actions.length)[0]?.contract;
}

interface UpgradeArguments {
  newImplementation: Address;
  data?: Hex;
}

const readUpgrade = (calls: readonly DecodedAction[], contract: string) => {
  const args =
    argsOf<UpgradeArguments>(calls, contract, 'upgradeTo') ??
    argsOf<UpgradeArguments>(calls, contract, 'upgradeToAndCall');
  return args && { implementation: args.newImplementation, ...(args.data !== undefined && { initData: args.data }) };
};

const readSuccessor = (calls: readonly DecodedAction[], deployment: Deployment) => {
  const grant = argsOf<{ _where: Address; _who: Address }>(calls, 'dao', 'grant');
  if (!grant) return undefined;
  for (const successor of [grant._who, grant._where]) {
    const contract = contractOf(calls, (name) => appointSuccessor(deployment, { contract: name, successor }));
    if (contract) return { contract, successor };
  }
  return undefined;
};

const powerless: readonly ReplaceableContract[] = ['modelMarket', 'keyEscrow', 'taskManager'];

export const upgradeForms = [
  defineForm({
    kind: 'upgrade.successor',
    fields: { contract: { type: 'contract', options: replaceableContracts }, successor: { type: 'address' } },
    build: (deployment, { contract, successor }) =>
      appointSuccessor(deployment, { contract: contract as ReplaceableContract, successor }),
    read: readSuccessor,
  }),
  defineForm({
    kind: 'upgrade.retire',
    // They hold no permission on others, so they have nothing to lose.
    fields: {
      contract: {
        type: 'contract',
        options: replaceableContracts.filter((name) => !powerless.includes(name)),
      },
    },
    build: (deployment, { contract }) => retireContract(deployment, contract as ReplaceableContract),
    read(calls, deployment) {
      const contract = contractOf(calls, (name) => retireContract(deployment, name));
      return contract && { contract };
    },
  }),
  defineForm({
    kind: 'upgrade.dao',
    fields: { implementation: { type: 'address' }, initData: { type: 'bytes', optional: true } },
    build: ({ dao }, { implementation, initData }) => upgradeProxy(dao, implementation, initData),
    read: (calls) => readUpgrade(calls, 'dao'),
  }),
  defineForm({
    kind: 'upgrade.proxy',
    fields: {
      proxy: { type: 'address' },
      implementation: { type: 'address' },
      initData: { type: 'bytes', optional: true },
    },
    build: (_, { proxy, implementation, initData }) => upgradeProxy(proxy, implementation, initData),
    read(calls) {
      const upgrade = ['tokenVoting', 'uups', 'dao'].map((name) => readUpgrade(calls, name)).find((found) => found);
      return upgrade && calls[0] && { proxy: calls[0].to, ...upgrade };
    },
  }),
] as const;
