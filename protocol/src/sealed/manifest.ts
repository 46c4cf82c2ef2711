import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { address, bytes32, documentCidText, fileCidText, text } from '../primitives.ts';
import { MAX_SEALED_BYTES } from './format.ts';

export const MAX_MANIFEST_BYTES = 128 * 1024;

const sealedManifestSchema = z
  .strictObject({
    schema: z.literal('covey.sealed/1'),
    name: text({ min: 1, max: 200 }),
    /** Markdown. */
    description: text({ max: 65_536, lines: true }),
    /** Who sealed it and sells it. */
    maker: address,
    /** Of the plaintext. */
    bytes: z.number().int().min(1).max(MAX_SEALED_BYTES),
    /** keccak256 of the content key. */
    keyHash: bytes32,
    /** `parameterRoot` of the plaintext. */
    plainRoot: bytes32,
    cipherRoot: bytes32,
    ciphertext: fileCidText,
    /** Leaf hashes of the plaintext's pieces, 32 bytes each. */
    leaves: fileCidText,
    /** The model's card. */
    card: documentCidText.optional(),
  })
  .refine(({ ciphertext, leaves }) => ciphertext !== leaves, 'expected ciphertext and leaves in files of their own');

/** What is public of a sealed file. */
export type SealedManifest = z.infer<typeof sealedManifestSchema>;

const format: DocumentFormat<SealedManifest> = {
  name: 'manifest of a sealed file',
  schema: sealedManifestSchema,
  maxBytes: MAX_MANIFEST_BYTES,
};

export function encodeSealedManifest(manifest: SealedManifest): Uint8Array {
  return encodeDocument(format, manifest);
}

export function decodeSealedManifest(bytes: Uint8Array): SealedManifest {
  return decodeDocument(format, bytes);
}
