import { describe, coreError, isCoreError } from '../errors.ts';
import type { Core, Layer } from '../types.ts';
import type { VectorReport } from '../vectors.ts';
import { UNIT } from './units.ts';

/** `selected` must be equal; the rest relative to the largest expected magnitude. */
const TOLERANCE = { delta: 1e-5, contributions: 1e-4 };

interface Case {
  layers: Layer[];
  inputs: number[][];
  labels: number[];
  base: number[];
  updates: number[][];
  seats: number[];
  public: number[][];
  known: number[];
  clip?: number;
  expected: { selected: number[]; delta: number[]; contributions: number[] };
}

/** Runs a file of golden vectors of the attributed mean; contributions there are mean nat a sample. */
export async function checkAttributionVectors(core: Core, file: unknown): Promise<VectorReport> {
  const cases = (file as { cases?: unknown } | null | undefined)?.cases;
  if (!Array.isArray(cases)) {
    throw coreError('CORE_BAD_VECTORS', 'The vector file has the wrong shape', {
      expected: 'an object with an array `cases`',
      got: describe(cases === undefined ? file : cases),
    });
  }
  const failures: string[] = [];
  for (const [i, entry] of cases.entries()) {
    const failure = await checkCase(core, entry as Case).catch((error: unknown) => {
      if (isCoreError(error) || error instanceof TypeError) return error.message;
      throw error;
    });
    if (failure !== undefined) failures.push(`case ${i}: ${failure}`);
  }
  return { passed: cases.length - failures.length, failed: failures.length, failures };
}

async function checkCase(core: Core, one: Case): Promise<string | undefined> {
  const { layers, expected } = one;
  const f32 = (values: number[]) => Float32Array.from(values);
  const samples = { layers, inputs: Uint8Array.from(one.inputs.flat()), labels: Uint8Array.from(one.labels) };
  const evaluate = (parameters: Float32Array) => Promise.resolve(core.evaluate({ ...samples, parameters }));
  const base = f32(one.base);
  const predictions = one.labels.length;
  const { outcome, updates } = await core.attributedMean({
    base: { parameters: base, evaluation: await evaluate(base) },
    updates: one.updates.map(f32),
    seats: one.seats,
    publicDirections: one.public.map(f32),
    known: f32(one.known),
    clip: one.clip ?? 0,
    predictions,
    evaluate,
    gradient: (parameters) => Promise.resolve(core.gradient({ ...samples, parameters })),
  });
  const selected = updates.flatMap(({ role }, i) => (role === 'selected' ? [i] : []));
  if (selected.join() !== expected.selected.join()) {
    return `selected: expected ${expected.selected.join()}, got ${selected.join()}`;
  }
  const contributions = updates.map(({ contribution }) => Number(contribution) / UNIT / predictions);
  const delta = outcome ? Array.from(outcome.delta) : base.length === 0 ? [] : Array.from(base, () => 0);
  return (
    compare('delta', delta, expected.delta, TOLERANCE.delta) ??
    compare('contributions', contributions, expected.contributions, TOLERANCE.contributions)
  );
}

function compare(name: string, got: number[], wanted: number[], tolerance: number): string | undefined {
  if (got.length !== wanted.length) return `${name}: expected ${wanted.length} values, got ${got.length}`;
  const bound = tolerance * wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const at = wanted.findIndex((value, i) => !(Math.abs(value - got[i]!) <= bound));
  return at < 0 ? undefined : `${name} ${at}: expected ${wanted[at]} ± ${bound}, got ${got[at]}`;
}
