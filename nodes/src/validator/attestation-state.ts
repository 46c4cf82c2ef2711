import { randomBytes } from 'node:crypto';
import { bytesToHex } from 'viem';
import { z } from 'zod';
import type { MissingContent } from '../events.ts';

/** What a validator remembers of an attestation that it committed to: what it found missing, whole. */
export const attestationStateSchema = z.strictObject({
  schema: z.literal('covey.attestation-state/1'),
  salt: z.custom<`0x${string}`>((value) => /^0x[0-9a-f]{64}$/.test(String(value))),
  submissions: z.number().int().min(0),
  ciphertextMissing: z.boolean(),
  missing: z.array(z.strictObject({ index: z.number().int().min(0), cid: z.string(), code: z.string() })),
});

export type AttestationState = z.infer<typeof attestationStateSchema>;

/** What is remembered of what will be attested of so many submissions. */
export function newAttestation(submissions: number, found: MissingContent): AttestationState {
  return { schema: 'covey.attestation-state/1', salt: bytesToHex(randomBytes(32)), submissions, ...found };
}
