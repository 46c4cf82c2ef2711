import { Sender, type ContractCreation, type WriteClient } from '@covey/client';
import type { Abi, Address } from 'viem';

/** Creates a contract and waits until it is mined. */
export async function create<const abi extends Abi>(
  client: WriteClient,
  { what, ...creation }: ContractCreation<abi>,
): Promise<Address> {
  const { result } = await new Sender({ wallet: client }).create({ ...creation, what: `Deploying ${what}` });
  return result;
}
