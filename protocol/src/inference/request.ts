import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { documentCidText, fileCidText } from '../primitives.ts';

/** The largest request document, whatever a host allows. */
export const MAX_REQUEST_BYTES = 2 ** 20;
/** Tokens of a prompt, of which a model sees the last ones; tokens that one request may ask for. */
export const MAX_PROMPT = 65_536;
export const MAX_LENGTH = 4096;
const MAX_ROWS = 4096;
const MAX_TEXTS = 256;
const MAX_STOPS = 4;
const MAX_STOP = 64;
/** Thousandths. */
const MAX_TEMPERATURE = 2000;

const token = z.number().int().min(0).max(0xffffffff);
const tokens = z.array(token).max(MAX_PROMPT);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes');

/** Which model answers: both are part of what is signed, so that a request means one thing. */
const common = { schema: z.literal('covey.request/1'), model: fileCidText, network: documentCidText };

const predictSchema = z.strictObject({
  ...common,
  kind: z.literal('predict'),
  /** Rows as the core takes them, little-endian, of the type that the architecture names. */
  inputs: bytes,
  rows: z.number().int().min(1).max(MAX_ROWS),
  /** Of classes and tokens alone; where the loss is squared error there are only outputs. */
  values: z.enum(['probabilities', 'outputs']),
});

const embedSchema = z.strictObject({
  ...common,
  kind: z.literal('embed'),
  texts: z.array(tokens.min(1)).min(1).max(MAX_TEXTS),
});

const generateSchema = z
  .strictObject({
    ...common,
    kind: z.literal('generate'),
    prompt: tokens.min(1),
    /** Tokens that follow it, unless a stop ends them. */
    length: z.number().int().min(1).max(MAX_LENGTH),
    /** In thousandths; 0 takes the likeliest token. */
    temperature: z.number().int().min(0).max(MAX_TEMPERATURE),
    seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
    /** Where one of these has been said, nothing follows. */
    stop: z.array(z.array(token).min(1).max(MAX_STOP)).max(MAX_STOPS),
  })
  .refine(
    ({ temperature, seed }) => temperature > 0 || seed === 0,
    'expected seed 0 where the temperature is 0: nothing is drawn',
  );

const requestSchema = z.discriminatedUnion('kind', [predictSchema, embedSchema, generateSchema]);

/** What is asked. Its bytes are what a host signs to have answered: the same bytes have one right answer. */
export type InferenceRequest = z.infer<typeof requestSchema>;
export type PredictRequest = z.infer<typeof predictSchema>;
export type EmbedRequest = z.infer<typeof embedSchema>;
export type GenerateRequest = z.infer<typeof generateSchema>;

const format: DocumentFormat<InferenceRequest> = {
  name: 'request',
  schema: requestSchema,
  maxBytes: MAX_REQUEST_BYTES,
};

export const encodeRequest = (request: InferenceRequest): Uint8Array => encodeDocument(format, request);
export const decodeRequest = (document: Uint8Array): InferenceRequest => decodeDocument(format, document);
