import type { CoveyError } from '@covey/errors';
import { coreError } from './errors.ts';

export function badLayers(message: string, expected: string, got: string): CoveyError {
  return coreError('CORE_BAD_LAYERS', message, { expected, got });
}
