import { hashTypedData, type Address, type Hex } from 'viem';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Whose signatures are about money or stake (EIP-712). The contracts have the same types. */
export const voucherTypes = {
  Voucher: [
    { name: 'channel', type: 'bytes32' },
    { name: 'amount', type: 'uint128' },
  ],
} as const;

export const answerTypes = {
  Answer: [
    { name: 'model', type: 'bytes32' },
    { name: 'scorer', type: 'bytes32' },
    { name: 'input', type: 'bytes32' },
    { name: 'output', type: 'bytes32' },
    { name: 'channel', type: 'bytes32' },
    { name: 'nonce', type: 'uint64' },
  ],
} as const;

/** What a client lets a host take of a channel, all that it took before included. In units of the channel's token. */
export interface Voucher {
  channel: Hex;
  amount: bigint;
}

/** What a host says to have answered: sha-256 of the model's file (its CID's digest), the core, and both documents. */
export interface SignedAnswer {
  model: Hex;
  scorer: Hex;
  input: Hex;
  output: Hex;
  channel: Hex;
  nonce: bigint;
}

/** Domain `CoveyChannels`, version 1, of `IInferenceChannels`. */
export const voucherTypedData = (
  { chainId, inferenceChannels }: { chainId: number; inferenceChannels: Address },
  message: Voucher,
) => {
  const domain = { name: 'CoveyChannels', version: '1', chainId, verifyingContract: inferenceChannels } as const;
  return { domain, types: voucherTypes, primaryType: 'Voucher', message } as const;
};

/** Domain `CoveyHosts`, version 1, of `IHostRegistry`. */
export const answerTypedData = (
  { chainId, hostRegistry }: { chainId: number; hostRegistry: Address },
  message: SignedAnswer,
) => {
  const domain = { name: 'CoveyHosts', version: '1', chainId, verifyingContract: hostRegistry } as const;
  return { domain, types: answerTypes, primaryType: 'Answer', message } as const;
};

export const voucherHash = (...data: Parameters<typeof voucherTypedData>): Hex =>
  hashTypedData(voucherTypedData(...data));
export const answerHash = (...data: Parameters<typeof answerTypedData>): Hex => hashTypedData(answerTypedData(...data));

/** Of a document's bytes, as its CID has it. */
export const digestOf = (document: Uint8Array): Hex => `0x${bytesToHex(sha256(document))}`;
