import { parseAbi, parseSignature, recoverAddress } from 'viem';
import type { Hex } from 'viem';
import { readContract } from 'viem/actions';
import type { ReadClient } from '@covey/client';
import { governanceError } from '../errors.ts';
import { messageId } from './envelope.ts';
import type { Envelope } from './envelope.ts';

export interface VerifyEnvelopeParameters<envelope extends Envelope = Envelope> {
  envelope: envelope;
  /** Needed for contracts that sign (ERC-1271); without it only keys are believed. */
  publicClient?: ReadClient | undefined;
  /** Lets another address than `message.from` sign; the caller then has to know that it is an alias. */
  allowAlias?: boolean;
}

export type VerifyEnvelopeReturnType<envelope extends Envelope = Envelope> = envelope & {
  id: Hex;
  scheme: 'key' | 'erc1271';
};

const erc1271Abi = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)']);
const erc1271Magic = '0x1626ba7e';

/** Half of the order of secp256k1: a signature with a larger `s` is the mirrored twin of one that a wallet made. */
const halfOrder = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** Proves who signed an envelope, by key or by ERC-1271; throws a typed error when nobody did. */
export async function verifyEnvelope<envelope extends Envelope>(
  parameters: VerifyEnvelopeParameters<envelope>,
): Promise<VerifyEnvelopeReturnType<envelope>> {
  const { envelope, publicClient, allowAlias = false } = parameters;
  const { address, message } = envelope;
  if (message.from !== address && !allowAlias) {
    throw governanceError('GOV_ENVELOPE_SIGNER', 'The message was signed by another address than it names.', {
      expected: message.from,
      got: address,
    });
  }
  const id = messageId(envelope);
  const recovered = await recover(id, envelope.signature);
  if (recovered === address) return { ...envelope, id, scheme: 'key' };
  if (publicClient && (await approvedByContract(publicClient, envelope, id))) {
    return { ...envelope, id, scheme: 'erc1271' };
  }
  throw governanceError('GOV_ENVELOPE_SIGNATURE', 'The signature is not the address’s own.', {
    expected: address,
    got: recovered ?? 'no key and no contract that accepts it',
    hint: 'Sign the message again; a field changed after signing has the same effect.',
  });
}

async function recover(hash: Hex, signature: Hex): Promise<string | undefined> {
  if (signature.length !== 2 + 2 * 65) return undefined;
  try {
    if (BigInt(parseSignature(signature).s) > halfOrder) return undefined;
    return await recoverAddress({ hash, signature });
  } catch {
    return undefined; // no point of the curve: nobody's signature
  }
}

async function approvedByContract(client: ReadClient, envelope: Envelope, hash: Hex): Promise<boolean> {
  try {
    const answer = await readContract(client, {
      address: envelope.address,
      abi: erc1271Abi,
      functionName: 'isValidSignature',
      args: [hash, envelope.signature],
    });
    return answer === erc1271Magic;
  } catch {
    return false; // no contract, or one that refuses by reverting
  }
}
