export { causeOf, CoveyError, hasCode, isCoveyError } from './covey-error.ts';
export type { ErrorDetails, SerialisedError } from './covey-error.ts';
export { defineErrors } from './define-errors.ts';
export type { ErrorFamily } from './define-errors.ts';
export { errorKinds } from './error-row.ts';
export type { ErrorKind, ErrorRow } from './error-row.ts';
export { errorWords, readErrorWords, translations } from './error-words.ts';
export type { ErrorCatalogue, ErrorWords, Language, Translation } from './error-words.ts';
export { issueMessage, issueSentence } from './issue.ts';
