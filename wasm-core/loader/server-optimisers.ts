import type { Paper } from './paper.ts';
import type { Flat, Parameters, ValuesOf } from './parameters.ts';

/** An optimiser of the server over rounds: everything that is known of it but its kernel. */
interface ServerOptimiserDefinition<Name extends string = string, T extends Parameters = Parameters> {
  name: Name;
  /** As serverStep (assembly/aggregate/server-optimiser.ts) numbers them. */
  code: number;
  paper: Paper;
  parameters: T;
  /** What the kernel takes of them. */
  step(parameters: ValuesOf<T>): { beta1: number; beta2: number; tau: number };
}

function defineServerOptimiser<const Name extends string, const T extends Parameters>(
  optimiser: ServerOptimiserDefinition<Name, T>,
): ServerOptimiserDefinition<Name, T> {
  return optimiser;
}

const hsu: Paper = {
  title: 'Measuring the Effects of Non-Identical Data Distribution for Federated Visual Classification',
  authors: 'Hsu, Qi, Brown',
  year: 2019,
  link: 'https://arxiv.org/abs/1909.06335',
};
const reddi: Paper = {
  title: 'Adaptive Federated Optimization',
  authors: 'Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan',
  year: 2021,
  link: 'https://arxiv.org/abs/2003.00295',
};

const average = (meaning: string) => ({ kind: 'fraction', unit: 'ratio', meaning }) as const;
const beta1 = average('how much of the mean of updates stays from round to round');
const beta2 = average('how much of the mean of squares stays from round to round');
const tau = { kind: 'positive', most: 1e6, unit: 'f32 of an update', meaning: 'least divisor of a step' } as const;

const all = [
  defineServerOptimiser({
    name: 'fedavgm',
    code: 0,
    paper: hsu,
    parameters: { momentum: beta1 },
    step: ({ momentum }) => ({ beta1: momentum, beta2: 0, tau: 0 }),
  }),
  defineServerOptimiser({
    name: 'fedadagrad',
    code: 1,
    paper: reddi,
    parameters: { beta1, tau },
    step: (p) => ({ ...p, beta2: 0 }),
  }),
  defineServerOptimiser({
    name: 'fedadam',
    code: 2,
    paper: reddi,
    parameters: { beta1, beta2, tau },
    step: (p) => p,
  }),
  defineServerOptimiser({
    name: 'fedyogi',
    code: 3,
    paper: reddi,
    parameters: { beta1, beta2, tau },
    step: (p) => p,
  }),
] as const;

type Definition = (typeof all)[number];

type Called<D> = D extends { name: infer Name; parameters: infer T extends Parameters }
  ? Flat<{ rule: Name } & ValuesOf<T>>
  : never;

/** An optimiser over rounds, by name with its parameters. */
export type AdaptiveParameters = {
  start: Float32Array;
  /** One aggregated update a round, oldest first. */
  deltas: Float32Array[];
  learningRate: number;
} & Called<Definition>;

/** Every optimiser of the server. */
// Each was checked against its own table; from here on tables are data.
export const serverOptimisers = all as readonly unknown[] as readonly ServerOptimiserDefinition<Definition['name']>[];
