import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { decimal, documentCidText, fileCidText, text } from '../primitives.ts';

export const MAX_OFFER_BYTES = 256 * 1024;
const MAX_MODELS = 256;
/** Wei of one request: 10^30 is more than there is of any token that is paid with. */
const MAX_PRICE = 10n ** 30n;

/** No layer is larger. */
const MAX_WINDOW = 2 ** 20;

const price = decimal(MAX_PRICE);

const modelSchema = z.strictObject({
  /** How requests in the style of OpenAI name it. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._:/-]{0,127}$/, 'expected lower-case letters, digits and . _ : / -'),
  /** The weights, canonical safetensors. */
  model: fileCidText,
  /** The document that says what its network is: a task's, or `covey.network/1`. */
  network: documentCidText,
  /** Tokens that the model sees at most, 1 where it takes features: what is computed for a request, and priced, follows from it. */
  window: z.number().int().min(1).max(MAX_WINDOW),
  /** Wei of COVEY for each request, and of each thousand tokens or rows that the model is run over for it (`unitsOf`). */
  request: price,
  thousand: price,
});

const offerSchema = z.strictObject({
  schema: z.literal('covey.offer/1'),
  name: text({ min: 1, max: 200 }),
  models: z
    .array(modelSchema)
    .min(1)
    .max(MAX_MODELS)
    .refine((models) => new Set(models.map(({ name }) => name)).size === models.length, 'expected each name once')
    .refine((models) => new Set(models.map(({ model }) => model)).size === models.length, 'expected each model once'),
  limits: z.strictObject({
    /** Bytes of a request document. */
    requestBytes: z
      .number()
      .int()
      .min(256)
      .max(2 ** 20),
    /** Tokens that one request may ask for. */
    tokens: z.number().int().min(1).max(4096),
    /** Requests that wait or are computed at once. */
    queue: z.number().int().min(1).max(4096),
  }),
});

/** What a host serves, at which price. It is named by its CID in the registry, so prices change on chain alone. */
export type Offer = z.infer<typeof offerSchema>;
export type OfferedModel = z.infer<typeof modelSchema>;

const format: DocumentFormat<Offer> = { name: 'offer', schema: offerSchema, maxBytes: MAX_OFFER_BYTES };

export const encodeOffer = (offer: Offer): Uint8Array => encodeDocument(format, offer);
export const decodeOffer = (bytes: Uint8Array): Offer => decodeDocument(format, bytes);
