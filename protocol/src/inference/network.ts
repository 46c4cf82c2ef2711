import { z } from 'zod';
import { architectureSchema, type Architecture } from '../architecture.ts';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { MAX_TASK_BYTES, decodeTaskDocument } from '../task.ts';

const networkSchema = z.strictObject({ schema: z.literal('covey.network/1'), architecture: architectureSchema });

/** What a network is, of a model that no task made. */
export type NetworkDocument = z.infer<typeof networkSchema>;

const format: DocumentFormat<NetworkDocument> = {
  name: 'network document',
  schema: networkSchema,
  maxBytes: MAX_TASK_BYTES,
};

export const encodeNetwork = (architecture: Architecture): Uint8Array =>
  encodeDocument(format, { schema: 'covey.network/1', architecture });

/** The architecture that a task document or a network document names. */
export function decodeArchitecture(bytes: Uint8Array): Architecture {
  return isNetwork(bytes) ? decodeDocument(format, bytes).architecture : decodeTaskDocument(bytes).architecture;
}

/** Canonical DAG-JSON of this document ends so: its keys are sorted, and it has two. */
const ending = new TextEncoder().encode('"schema":"covey.network/1"}');

function isNetwork(bytes: Uint8Array): boolean {
  const start = bytes.length - ending.length;
  return start > 0 && ending.every((byte, i) => bytes[start + i] === byte);
}
