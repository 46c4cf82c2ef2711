import { isClientError, type ContentReader } from '@covey/client';
import { readTextTokens } from '@covey/client/inference';
import { modelFromBytes, modelLimit } from '@covey/protocol';
import {
  decodeArchitecture,
  windowOf,
  type InferenceModel,
  type Offer,
  type OfferedModel,
  type TextTokens,
} from '@covey/protocol/inference';
import { isNodeError, nodeError } from '../errors.ts';

/** A model that is served, its weights in memory that threads share. */
export interface ServedModel extends InferenceModel {
  offered: OfferedModel;
  /** How texts are its tokens; null where nobody says it. */
  text: TextTokens | null;
}

/** Fetches what an offer names: every byte is hashed against its CID, and the tensors must be the network's. */
export async function loadModels(reader: ContentReader, { models }: Offer): Promise<ServedModel[]> {
  const served: ServedModel[] = [];
  for (const offered of models) {
    try {
      const architecture = decodeArchitecture(await reader.get(offered.network));
      requireWindow(offered, windowOf(architecture));
      const maxBytes = modelLimit(architecture);
      const parameters = modelFromBytes(architecture, await reader.get(offered.model, { maxBytes }), { maxBytes });
      const shared = new Float32Array(new SharedArrayBuffer(parameters.byteLength));
      shared.set(parameters);
      served.push({ offered, architecture, parameters: shared, text: await readTextTokens(reader, offered.network) });
    } catch (cause) {
      if (isClientError(cause) || isNodeError(cause)) throw cause;
      throw nodeError('CONFIG_INVALID', `The model ${offered.name} of the offer cannot be served.`, { cause });
    }
  }
  return served;
}

/** Prices follow from it. */
function requireWindow({ name, window }: OfferedModel, real: number): void {
  if (window === real) return;
  throw nodeError('CONFIG_INVALID', `The offer says another window of the model ${name} than its network has.`, {
    expected: String(real),
    got: String(window),
  });
}
