import { z } from 'zod';

/** What a validator remembers of an attestation that it committed to: what it found missing, whole. */
export const attestationStateSchema = z.strictObject({
  schema: z.literal('covey.attestation-state/1'),
  salt: z.custom<`0x${string}`>((value) => /^0x[0-9a-f]{64}$/.test(String(value))),
  submissions: z.number().int().min(0),
  ciphertextMissing: z.boolean(),
  missing: z.array(z.strictObject({ index: z.number().int().min(0), cid: z.string(), code: z.string() })),
});

export type AttestationState = z.infer<typeof attestationStateSchema>;
