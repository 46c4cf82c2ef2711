// The accounts of a development chain that a person plays with: their keys are in files, and everybody has them.
import { readBalance, type CoveyChain } from '@covey/client';
import { testMnemonic, type Anvil } from '@covey/governance/testing';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { formatEther } from 'viem';
import { cast } from '../demo/cast.ts';
import { testKey } from '../demo/keys.ts';

export const players = [
  ['creator', cast.creator, 'proposes tasks, pays for them'],
  ['voter-1', cast.voters[0]!, 'decides with the other two'],
  ['voter-2', cast.voters[1]!, 'decides with the other two'],
  ['voter-3', cast.voters[2]!, 'decides with the other two'],
  ['trainer-1', cast.trainers[0]!, 'training node'],
  ['trainer-2', cast.trainers[1]!, 'training node'],
  ['trainer-3', cast.trainers[2]!, 'training node'],
  ['validator-1', cast.validators[0]!, 'validator'],
  ['validator-2', cast.validators[1]!, 'validator'],
  ['delegator', cast.delegators[0]!, 'lends stake to nodes'],
  ['buyer', cast.buyer, 'buys models'],
  ['host', cast.trainers[3]!, 'serves models'],
] as const;

/** Writes a key file for each, and says what each holds. */
export async function showAccounts(chain: Anvil, covey: CoveyChain, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const lines = await Promise.all(
    players.map(async ([name, index, what]) => {
      const { address } = chain.accounts[index]!;
      const file = join(folder, `${name}.key`);
      writeFileSync(file, `${testKey(index)}\n`);
      chmodSync(file, 0o600);
      const [native, tokens] = await Promise.all([
        chain.publicClient.getBalance({ address }),
        readBalance(covey, address),
      ]);
      const held = `${Math.floor(Number(formatEther(native)))} ETH, ${Math.floor(Number(formatEther(tokens)))} COVEY`;
      return `  ${name.padEnd(12)} ${address}  ${held.padStart(26)}  ${what}`;
    }),
  );
  return [
    `Accounts of this chain; their keys are in ${relative(process.cwd(), folder)}/NAME.key`,
    ...lines,
    `  mnemonic: ${testMnemonic}`,
    '  Everybody knows these keys: never send anything of value to them on another chain.',
  ];
}
