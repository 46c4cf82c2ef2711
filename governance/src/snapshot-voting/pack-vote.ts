import type { CoveyError } from '@covey/errors';
import {
  concatHex,
  numberToHex,
  parseSignature,
  signatureToCompactSignature,
  serializeCompactSignature,
  size,
} from 'viem';
import type { Address, Hex } from 'viem';
import { snapshotVotingConstants } from '@covey/contracts/abi/constants';
import { governanceError } from '../errors.ts';
import type { EnvelopeOf } from '../snapshot/envelope.ts';
import { addressCasing } from './address-casing.ts';
import { hashText } from './chain-message.ts';

/** A signed vote; `scheme` says who is asked about the signature. Default: a key for 65 bytes, else a contract. */
export type SignedVote = EnvelopeOf<'vote'> & { scheme?: 'key' | 'erc1271' };

/** Bits of a packed vote's flags: which hashes follow because they differ from the usual, and how it is signed. */
const flag = { reason: 1, app: 2, metadata: 4, erc1271: 8 } as const;

const maxChoice = Number(snapshotVotingConstants.MAX_CHOICES);
const maxTimestamp = 2 ** 40 - 1;
const maxSignatureBytes = 2 ** 16 - 1;

const unpackable = (what: string, expected: unknown, got: unknown): CoveyError =>
  governanceError('GOV_NOT_BINDABLE', `The vote cannot be brought on chain: ${what}.`, { expected, got });

/**
 * One vote as `submitVotes` of the contract takes it:
 * ```
 * voter 20 | EIP-55 capitals 5 | time 5 | choice 1 | flags 1 | hashes by flags 0…96 | 64 (EIP-2098) or 2 + n (ERC-1271)
 * ```
 */
export function packVote(vote: SignedVote): Hex {
  const { message, signature, scheme = size(signature) === 65 ? 'key' : 'erc1271' } = vote;
  const voter = message.from as Address;
  if (vote.address !== voter) throw unpackable('an alias signed it', voter, vote.address);
  if (message.choice > maxChoice) throw unpackable('its choice', `at most ${maxChoice}`, message.choice);
  if (message.timestamp > maxTimestamp) throw unpackable('its time', `at most ${maxTimestamp}`, message.timestamp);

  const hashes: Hex[] = [];
  let flags = 0;
  for (const [name, usual] of [
    ['reason', ''],
    ['app', ''],
    ['metadata', '{}'],
  ] as const) {
    if (message[name] === usual) continue;
    flags |= flag[name];
    hashes.push(hashText(message[name]));
  }
  if (scheme === 'erc1271') flags |= flag.erc1271;
  return concatHex([
    voter,
    numberToHex(addressCasing(voter), { size: 5 }),
    numberToHex(message.timestamp, { size: 5 }),
    numberToHex(message.choice, { size: 1 }),
    numberToHex(flags, { size: 1 }),
    ...hashes,
    ...(scheme === 'erc1271' ? withLength(signature) : [compact(signature)]),
  ]);
}

function withLength(signature: Hex): [Hex, Hex] {
  const bytes = size(signature);
  if (bytes > maxSignatureBytes) throw unpackable('its signature', `at most ${maxSignatureBytes} bytes`, bytes);
  return [numberToHex(bytes, { size: 2 }), signature];
}

function compact(signature: Hex): Hex {
  try {
    return serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
  } catch (cause) {
    throw governanceError('GOV_ENVELOPE_SIGNATURE', 'The signature is none of a key.', { got: signature, cause });
  }
}
