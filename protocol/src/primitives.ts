import { issueMessage, issueSentence } from '@covey/errors';
import { getAddress, isAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { z } from 'zod';
import { codecs, parseCid } from './cid.ts';
import { protocolError } from './errors.ts';
import { findHiddenByForm, hiddenText } from './text.ts';
import type { TextRule } from './text.ts';

/** Largest values of the chain's integer types. */
const MAX_UINT256 = (1n << 256n) - 1n;
const MAX_INT256 = (1n << 255n) - 1n;

/** What contracts read as none. */
export const ZERO_BYTES32: Hex = `0x${'0'.repeat(64)}`;

const decimalPattern = /^(0|[1-9][0-9]{0,77})$/;
const signedPattern = /^(0|-?[1-9][0-9]{0,77})$/;

/** An unsigned integer as a decimal string, in its one spelling: amounts in wei, identifiers, weights. */
export function decimal(max: bigint = MAX_UINT256) {
  return z
    .string()
    .regex(decimalPattern, 'expected a decimal integer without sign or leading zeros')
    .refine((text) => decimalPattern.test(text) && BigInt(text) <= max, `expected at most ${max}`);
}

/** A signed integer as a decimal string, from −max to max: contributions. */
export function signedDecimal(max: bigint = MAX_INT256) {
  return z
    .string()
    .regex(signedPattern, 'expected a decimal integer in its one spelling')
    .refine((text) => {
      if (!signedPattern.test(text)) return false;
      const value = BigInt(text);
      return value <= max && value >= -max;
    }, `expected at most ${max} either way`);
}

/** 32 bytes, lower-case hex. */
export const bytes32 = z.custom<Hex>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  'expected 0x and 64 lower-case hex digits',
);

/** An EIP-55 checksummed address: the spelling that viem returns. */
export const address = z.custom<Address>(
  (value) => typeof value === 'string' && isAddress(value, { strict: false }) && getAddress(value) === value,
  'expected a checksummed address',
);

function cidOf(allowed: readonly number[], what: string) {
  return z.string().refine((text) => {
    try {
      parseCid(text, allowed);
      return true;
    } catch {
      return false;
    }
  }, `expected a CIDv1 (base32, sha2-256) of ${what}`);
}

export const fileCidText = cidOf([codecs.raw, codecs.dagPb], 'a file (raw or dag-pb)');
export const documentCidText = cidOf([codecs.dagJson], 'a DAG-JSON document');
export const anyCidText = cidOf(Object.values(codecs), 'a file or document');

/** Text that every host encodes to the same UTF-8 and that readers see as it is meant; one line, unless it has lines. */
export function text(options: { min?: number; max: number } & TextRule) {
  return z
    .string()
    .min(options.min ?? 0)
    .max(options.max)
    .superRefine((value, context) => {
      const found = findHiddenByForm(value, options);
      if (found) context.addIssue({ code: 'custom', message: `expected visible text, got ${hiddenText(found)}` });
    });
}

/** Parses with a schema and turns what fails into our error, naming the path of the first problem. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value, { error: issueMessage });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw protocolError('PROTOCOL_INVALID_DOCUMENT', `This is no ${what}: ${issueSentence(issue!)}.`);
}
