import { Wallet } from '@ethersproject/wallet';
import { testMnemonic } from '@covey/governance/testing';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import { toHex } from 'viem';
import type { Address, PrivateKeyAccount, TypedDataDefinition } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';

export type RealClient = InstanceType<typeof snapshotJs.Client712>;
/** What snapshot.js takes to sign with; its own types name ethers 5 alone. */
type Signer = Parameters<RealClient['vote']>[0];

/** The real snapshot.js client against a server. */
export const snapshotClient = (url: string): RealClient => new snapshotJs.Client712(`${url}/snapshot`);

/** A wallet of ethers 5, as scripts use snapshot.js. */
export function ethersSigner(account: number): Signer {
  const key = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey().privateKey as Uint8Array;
  return new Wallet(toHex(key)) as unknown as Signer;
}

/** A viem account behind the two calls that snapshot.js makes of a browser's provider. */
export function viemSigner(account: PrivateKeyAccount): Signer {
  const _signTypedData = (domain: object, types: Record<string, unknown>, message: object) =>
    account.signTypedData({
      domain,
      types,
      primaryType: Object.keys(types)[0] ?? '',
      message,
    } as unknown as TypedDataDefinition);
  return { getSigner: () => ({ _signTypedData }) } as unknown as Signer;
}

/** A contract that has approved a message on chain posts it without a signature. */
export const contractSigner = { _signTypedData: () => Promise.resolve('0x') } as unknown as Signer;

/** What a hub answers to an accepted message. */
export interface Receipt {
  id: Address;
  ipfs: string;
  relayer: { address: Address; receipt: string };
}
