import { actionType } from '@covey/contracts/abi/structs';
import { encodeAbiParameters, keccak256 } from 'viem';
import type { Hex } from 'viem';
import type { Action } from '../catalogue/action.ts';

const actionsType = [{ ...actionType, type: 'tuple[]' }] as const;

/** keccak256(abi.encode(actions)): what a binding message commits to. */
export const hashActions = (actions: readonly Action[]): Hex => keccak256(encodeAbiParameters(actionsType, [actions]));
