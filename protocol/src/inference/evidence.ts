import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { bytes32 } from '../primitives.ts';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');

const evidenceSchema = z.strictObject({
  schema: z.literal('covey.evidence/1'),
  /** sha256 of the core that computed the right answer. */
  scorer: bytes32,
  /** The documents, byte for byte: what was asked, what the host signed, what is right. */
  request: bytes,
  answer: bytes,
  right: bytes,
});

/** What a case about a wrong answer points to: whoever rules computes it again from this and the model's file. */
export type Evidence = z.infer<typeof evidenceSchema>;

const format: DocumentFormat<Evidence> = { name: 'evidence', schema: evidenceSchema, maxBytes: 20 * 2 ** 20 };

export const encodeEvidence = (evidence: Evidence): Uint8Array => encodeDocument(format, evidence);
export const decodeEvidence = (document: Uint8Array): Evidence => decodeDocument(format, document);
