import { testMnemonic } from '@covey/governance/testing';
import { bytesToHex, type Hex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

/** Private key of one of the chain's test accounts, which everybody knows. */
export function testKey(account: number): Hex {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  if (!privateKey) throw new Error(`Test account ${account} has no key.`);
  return bytesToHex(privateKey);
}
