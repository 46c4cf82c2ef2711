/** The steps of writing a proposal, in their order. */
export const steps = ['calls', 'text', 'review', 'publish'] as const;
export type Step = (typeof steps)[number];

export const stepOf = (text: unknown): Step => steps.find((step) => step === text) ?? 'calls';

export const stepAfter = (step: Step): Step | undefined => steps[steps.indexOf(step) + 1];
export const stepBefore = (step: Step): Step | undefined => steps[steps.indexOf(step) - 1];
