import type { VerifyFailure } from '../features/verification/messages.ts';

/** An error as a message can carry it; our own keep their codes. */
export function describeFailure(error: unknown, code: string): VerifyFailure {
  if (!(error instanceof Error)) return { code, message: String(error) };
  const own = error as Error & Partial<Record<'code' | 'expected' | 'got' | 'hint', unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    code: text(own.code) ?? code,
    message: own.message,
    expected: text(own.expected),
    got: text(own.got),
    hint: text(own.hint),
  };
}
