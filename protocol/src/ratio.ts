import { roundSettlementConstants } from '@covey/contracts/abi/constants';

/** Ratios are integers scaled by this: 1e18 is 1. */
export const ONE: bigint = roundSettlementConstants.ONE;
