import { z } from 'zod';
import { architectureSchema, type Architecture } from '../architecture.ts';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { fileCidText } from '../primitives.ts';
import { MAX_TASK_BYTES, decodeTaskDocument } from '../task.ts';

const networkSchema = z.strictObject({
  schema: z.literal('covey.network/1'),
  architecture: architectureSchema,
  /** The `tokenizer.json` by which texts are its tokens; without one they are bytes, or nobody says what they are. */
  tokenizer: fileCidText.optional(),
});

/** What a network is, of a model that no task made. */
export type NetworkDocument = z.infer<typeof networkSchema>;

const format: DocumentFormat<NetworkDocument> = {
  name: 'network document',
  schema: networkSchema,
  maxBytes: MAX_TASK_BYTES,
};

export const encodeNetwork = (architecture: Architecture, tokenizer?: string): Uint8Array =>
  encodeDocument(format, {
    schema: 'covey.network/1',
    architecture,
    // DAG-JSON has no undefined.
    ...(tokenizer !== undefined && { tokenizer }),
  });

/** The architecture that a task document or a network document names. */
export const decodeArchitecture = (bytes: Uint8Array): Architecture =>
  isNetwork(bytes) ? decodeDocument(format, bytes).architecture : decodeTaskDocument(bytes).architecture;

/** Where it stands how texts are tokens of this network: the tokenizer itself, or the data description of its task. */
export function tokenizerNamed(bytes: Uint8Array): { tokenizer?: string | undefined; data?: string | undefined } {
  if (isNetwork(bytes)) return { tokenizer: decodeDocument(format, bytes).tokenizer };
  return { data: decodeTaskDocument(bytes).data };
}

/** Canonical DAG-JSON of this document ends so: its keys are sorted. */
const ending = /"schema":"covey\.network\/1"(,"tokenizer":"[a-z0-9]+")?\}$/;
const MOST_ENDING = 256;

const isNetwork = (bytes: Uint8Array): boolean =>
  ending.test(new TextDecoder().decode(bytes.subarray(Math.max(0, bytes.length - MOST_ENDING))));
