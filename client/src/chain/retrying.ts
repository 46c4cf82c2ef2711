import { isUnreachable } from './contract-error.ts';

/** Milliseconds before the second and the third try. */
const pauses = [250, 1_000];

/** Tries again where nobody answered; what was refused or is wrong would be so again, and is thrown at once. */
export async function retrying<T>(action: () => Promise<T>): Promise<T> {
  for (const pause of pauses) {
    try {
      return await action();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return await action();
}
