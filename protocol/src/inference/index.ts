/** Inference by hosts: what is asked, what is answered, at which price, and how anybody finds the same bits again. */
export { MAX_VALUES, decodeAnswer, encodeAnswer, f32Bytes, f32Values } from './answer.ts';
export type { InferenceAnswer, TokensAnswer, ValuesAnswer } from './answer.ts';
export type { InferenceModel } from './embedding.ts';
export { decodeEvidence, encodeEvidence } from './evidence.ts';
export type { Evidence } from './evidence.ts';
export { Generation, stepTogether } from './generation.ts';
export { decodeArchitecture, encodeNetwork } from './network.ts';
export { decodeOffer, encodeOffer } from './offer.ts';
export type { Offer, OfferedModel } from './offer.ts';
export { isPaidRefusal, priceOf, unitsOf } from './price.ts';
export { MAX_LENGTH, MAX_REQUEST_BYTES, decodeRequest, encodeRequest } from './request.ts';
export type { EmbedRequest, GenerateRequest, InferenceRequest, PredictRequest } from './request.ts';
export { Embedding, embed, inputsOfRequest, predictTogether, rowOf } from './rows.ts';
export { answerTo } from './run.ts';
export { CHAT_STOP, promptOfChat, textOfTokens, tokensOfText, withoutStop } from './texts.ts';
export type { ChatMessage } from './texts.ts';
export { answerHash, answerTypedData, digestOf, voucherHash, voucherTypedData } from './typed-data.ts';
export type { SignedAnswer, Voucher } from './typed-data.ts';
