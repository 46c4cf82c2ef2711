import { decodeFunctionData, type Abi, type Address, type PublicClient } from 'viem';

export interface GasRow {
  /** contract.function */
  kind: string;
  transactions: number;
  min: number;
  median: number;
  max: number;
}

/** Gas used by each kind of successful transaction since `fromBlock`, read from the chain's own receipts. */
export async function gasByKind(
  client: PublicClient,
  contracts: Record<string, { address: Address; abi: Abi }>,
  fromBlock: bigint,
): Promise<GasRow[]> {
  const byAddress = new Map(
    Object.entries(contracts).map(([name, { address, abi }]) => [address.toLowerCase(), { name, abi }]),
  );
  const used = new Map<string, number[]>();
  const last = await client.getBlockNumber();
  for (let blockNumber = fromBlock; blockNumber <= last; blockNumber++) {
    const block = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const transaction of block.transactions) {
      const contract = byAddress.get(transaction.to?.toLowerCase() ?? '');
      if (!contract) continue;
      const receipt = await client.getTransactionReceipt({ hash: transaction.hash });
      if (receipt.status !== 'success') continue;
      const { functionName } = decodeFunctionData({ abi: contract.abi, data: transaction.input });
      const kind = `${contract.name}.${functionName}`;
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
