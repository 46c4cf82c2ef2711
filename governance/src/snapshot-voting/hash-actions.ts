import { encodeAbiParameters, keccak256 } from 'viem';
import type { Hex } from 'viem';
import type { Action } from '../catalogue/action.ts';

const actionsType = [
  {
    type: 'tuple[]',
    components: [
      { name: 'to', type: 'address' },
      { name: 'value', type: 'uint256' },
      { name: 'data', type: 'bytes' },
    ],
  },
] as const;

/** keccak256(abi.encode(actions)): what a binding message commits to. */
export const hashActions = (actions: readonly Action[]): Hex => keccak256(encodeAbiParameters(actionsType, [actions]));
