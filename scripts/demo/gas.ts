import { contractAbis, contractAt } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { decodeFunctionData, type Abi, type PublicClient } from 'viem';

export interface GasRow {
  /** contract.function */
  kind: string;
  transactions: number;
  min: number;
  median: number;
  max: number;
}

/** Gas used by each kind of successful transaction of a deployment, read from the chain's own receipts. */
export async function gasByKind(client: PublicClient, deployment: Deployment): Promise<GasRow[]> {
  const used = new Map<string, number[]>();
  const last = await client.getBlockNumber();
  for (let blockNumber = BigInt(deployment.startBlock); blockNumber <= last; blockNumber++) {
    const block = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const transaction of block.transactions) {
      const contract = transaction.to && contractAt(deployment, transaction.to);
      if (!contract) continue;
      const receipt = await client.getTransactionReceipt({ hash: transaction.hash });
      if (receipt.status !== 'success') continue;
      const { functionName } = decodeFunctionData({ abi: contractAbis[contract] as Abi, data: transaction.input });
      const kind = `${contract}.${functionName}`;
      used.set(kind, [...(used.get(kind) ?? []), Number(receipt.gasUsed)]);
    }
  }
  return [...used]
    .map(([kind, values]) => {
      values.sort((a, b) => a - b);
      const at = (index: number) => values[index] as number;
      return {
        kind,
        transactions: values.length,
        min: at(0),
        median: at(Math.floor(values.length / 2)),
        max: at(values.length - 1),
      };
    })
    .sort((a, b) => a.kind.localeCompare(b.kind));
}
