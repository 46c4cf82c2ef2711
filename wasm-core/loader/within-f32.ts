import { isCoreError } from './errors.ts';

/** Undefined where finite inputs give what f32 cannot hold: a fact about the inputs, on every machine. */
export function withinF32<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (isCoreError(error) && error.code === 'CORE_OVERFLOW') return undefined;
    throw error;
  }
}
