import { coveyTokenAbi, type Deployment } from '@covey/contracts/abi';
import type { Anvil } from '@covey/governance/testing';
import { encodeFunctionData, numberToHex, parseEther, type Hex } from 'viem';
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';

/** What each voter holds. */
export const holding = parseEther('10000');

/** Keys from 1 upwards behind a mark: worth nothing anywhere. */
const voter = (index: number): PrivateKeyAccount =>
  privateKeyToAccount(`0x${'c0'.repeat(16)}${numberToHex(index + 1, { size: 16 }).slice(2)}`);

const fee = { maxFeePerGas: 100_000_000_000n, maxPriorityFeePerGas: 1n };

/**
 * Wallets with votes, by real transactions: a holder sends each of them tokens, and each votes for itself. They are
 * gathered into full blocks, for a block each would take the chain longer than the vote that they are for.
 */
export async function createElectorate(
  anvil: Anvil,
  deployment: Deployment,
  options: { count: number; holder: number },
): Promise<PrivateKeyAccount[]> {
  const voters = Array.from({ length: options.count }, (_, index) => voter(index));
  const holder = anvil.accounts[options.holder] as PrivateKeyAccount;
  const { publicClient, testClient, chain } = anvil;
  const first = await publicClient.getTransactionCount({ address: holder.address });
  const transaction = { chainId: chain.id, to: deployment.token, type: 'eip1559', ...fee } as const;
  const transfers = voters.map(({ address }, index) =>
    holder.signTransaction({
      ...transaction,
      nonce: first + index,
      gas: 100_000n,
      data: encodeFunctionData({ abi: coveyTokenAbi, functionName: 'transfer', args: [address, holding] }),
    }),
  );
  await gather(anvil, await Promise.all(transfers));
  for (const { address } of voters) await testClient.setBalance({ address, value: parseEther('1') });
  const delegations = voters.map((account) =>
    account.signTransaction({
      ...transaction,
      nonce: 0,
      gas: 150_000n,
      data: encodeFunctionData({ abi: coveyTokenAbi, functionName: 'delegate', args: [account.address] }),
    }),
  );
  await gather(anvil, await Promise.all(delegations));
  return voters;
}

async function gather({ publicClient, testClient }: Anvil, transactions: Hex[]): Promise<void> {
  await testClient.setAutomine(false);
  try {
    const hashes: Hex[] = [];
    for (const serializedTransaction of transactions) {
      hashes.push(await publicClient.sendRawTransaction({ serializedTransaction }));
    }
    for (;;) {
      const { pending } = await testClient.getTxpoolStatus();
      if (pending === 0) break;
      await testClient.mine({ blocks: 1 });
    }
    const last = await publicClient.getTransactionReceipt({ hash: hashes.at(-1) as Hex });
    if (last.status !== 'success') throw new Error(`The transaction ${last.transactionHash} failed.`);
  } finally {
    await testClient.setAutomine(true);
  }
}
