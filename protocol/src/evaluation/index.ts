/** How good a model is, in the numbers that the field compares; the same digits everywhere. */
export { MAX_AUROC_CLASSES, areaUnderRoc } from './area-under-roc.ts';
export { answersByLikelihood } from './choices.ts';
export type { Choice, Chosen, Question } from './choices.ts';
export { NAT, rounded } from './measured.ts';
export type { Measured } from './measured.ts';
export { perplexity } from './perplexity.ts';
export { rSquared } from './r-squared.ts';
export { MAX_PAIRS, retrievalMeasured, retrievalRanks } from './retrieval.ts';
