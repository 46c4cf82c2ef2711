export { default as VerdictBadge } from './VerdictBadge.vue';
export { default as VerifyCard } from './VerifyCard.vue';
export type { RowCheck } from './row-checks.ts';
export { useVerification } from './use-verification.ts';
export type { Verification } from './use-verification.ts';
