import type { CoveyError } from '@covey/errors';
import { describe, coreError } from './errors.ts';

const MAX_SIZE = 65_536;

/** Typed fields of a layer that may be anything. */
export class LayerReader {
  readonly name: string;
  readonly type: unknown;
  private readonly fields: Record<string, unknown>;

  constructor(layer: unknown, name: string) {
    this.name = name;
    this.fields = (layer ?? {}) as Record<string, unknown>;
    this.type = this.fields.type;
  }

  value(field: string): unknown {
    return this.fields[field];
  }

  size(field: string, least = 1): number {
    return this.integer(field, this.fields[field], least);
  }

  optionalSize(field: string, fallback: number): number {
    return this.fields[field] === undefined ? fallback : this.size(field);
  }

  /** [height, width]. */
  pair(field: string, fallback: [number, number] | undefined, least: number): [number, number] {
    const value = this.fields[field];
    if (value === undefined && fallback) return fallback;
    if (!Array.isArray(value) || value.length !== 2) throw this.bad(field, 'two integers', value);
    return [this.integer(field, value[0], least), this.integer(field, value[1], least)];
  }

  flag(field: string, fallback: boolean): boolean {
    const value = this.fields[field];
    if (value === undefined) return fallback;
    if (typeof value === 'boolean') return value;
    throw this.bad(field, 'true or false', value);
  }

  /** Whether the field has its one value. */
  choice(field: string, only: string): boolean {
    const value = this.fields[field];
    if (value === undefined) return false;
    if (value === only) return true;
    throw this.bad(field, describe(only), value);
  }

  fraction(field: string, fallback: number, low: number, high: number): number {
    const value = this.fields[field];
    if (value === undefined) return fallback;
    if (typeof value === 'number' && value >= low && value <= high) return value;
    throw this.bad(field, `a number from ${low} to ${high}`, value);
  }

  misfit(expected: string, got: string): CoveyError {
    return badLayers(`\`${this.name}\` does not fit what comes before it`, expected, got);
  }

  private integer(field: string, value: unknown, least: number): number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_SIZE) return value;
    throw this.bad(field, `an integer from ${least} to ${MAX_SIZE}`, value);
  }

  private bad(field: string, expected: string, value: unknown): CoveyError {
    return badLayers(`\`${this.name}.${field}\` is out of bounds`, expected, describe(value));
  }
}

export function badLayers(message: string, expected: string, got: string): CoveyError {
  return coreError('CORE_BAD_LAYERS', message, { expected, got });
}
