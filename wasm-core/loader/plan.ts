import { badLayers } from './bad-layers.ts';
import { limits, type Network, type Operation } from './network-parts.ts';
import { DIMENSIONS, FEATURES, flags, RECORD_WORDS, SPARE } from './program.ts';
import { valueTypes, type ValueType } from './values.ts';

export interface Plan {
  /** Header and one record an operation, as `assembly/score/program.ts` reads them. */
  program: Uint32Array;
  /** Bytes; holds `samples` samples. */
  workspace: number;
  samples: number;
}

const ALIGNMENT = 64;
const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What a program is run over: codes that the layers do not know. */
export interface Given {
  /** Code of the loss. */
  loss: number;
  inputs: ValueType;
  /** Those of tokens are the tokens themselves. */
  targets: ValueType;
}

/**
 * Memory for `samples` samples at once. Scoring reuses the places of values that nobody needs any more; training keeps
 * all values and their gradients.
 */
export function plan(network: Network, samples: number, given: Given, training: boolean): Plan {
  const { operations, values } = network;
  const places = training ? keepAll(network) : reusePlaces(network);
  const offsets: number[] = [];
  let end = 0;
  for (const size of places.sizes) {
    offsets.push(end);
    end += aligned(size * samples * 4);
  }
  const behind = end;
  if (training) end *= 2;
  const scratchAt = end;
  const program = new Uint32Array((operations.length + 1) * RECORD_WORDS);
  const marks = training ? gradientFlags(network) : operations.map(() => 0);
  let scratch = 0;
  for (const [i, operation] of operations.entries()) {
    const { code, input, second, output, parameters, dimensions } = operation;
    const size = input < 0 ? 0 : values[input]!;
    const at = (value: number): number => (value < 0 ? 0 : offsets[places.of[value]!]!);
    const words = [code, at(input), at(output), parameters, size, values[output]!, operation.flags | marks[i]!];
    program.set([...words, second === undefined ? 0 : at(second)], (i + 1) * RECORD_WORDS);
    const read = code === FEATURES ? [valueTypes[given.inputs].code] : dimensions;
    program.set(read, (i + 1) * RECORD_WORDS + DIMENSIONS);
    const spare = aligned(operation.scratch(samples, training));
    program[(i + 1) * RECORD_WORDS + SPARE] = spare;
    scratch = Math.max(scratch, spare + (training ? aligned(size * samples * 4) : 0));
  }
  const header = [
    operations.length,
    scratchAt,
    offsets[places.of[network.output]!]!,
    network.rows,
    network.classes,
    given.loss,
    valueTypes[given.targets].code,
    behind,
  ];
  program.set(header);
  return { program, workspace: scratchAt + scratch + ALIGNMENT, samples };
}

/** Bytes that a call may take for its activations, where one sample does not need more. */
const BUDGET = 64 * 2 ** 20;
/** Samples between two looks at the signal; the result does not depend on it. */
const MOST_SAMPLES = 256;

/** Memory does not depend on it. */
export const ANYTHING: Given = { loss: 0, inputs: 'u8', targets: 'u8' };

/** Throws CORE_BAD_LAYERS where scoring one sample takes too much memory: no such network is made. */
export function requireScorable(network: Network): void {
  const { workspace } = plan(network, 1, ANYTHING, false);
  if (workspace <= limits.activations * 4) return;
  throw badLayers(
    'The network takes too much memory',
    `at most ${limits.activations * 4} bytes a sample`,
    `${workspace}`,
  );
}

/** A plan for scoring `count` samples in chunks. */
export function planScoring(network: Network, count: number, given: Given): Plan {
  const one = plan(network, 1, given, false);
  const fitting = Math.max(1, Math.floor(BUDGET / one.workspace));
  return plan(network, Math.min(count, MOST_SAMPLES, fitting), given, false);
}

/** A plan for gradients of so many samples at once. Throws CORE_BAD_LAYERS where that takes too much memory. */
export function planTraining(network: Network, samples: number, given: Given): Plan {
  const made = plan(network, samples, given, true);
  // The parameters, their gradient, and two moments; or an f64 sum of gradients in place of those.
  const bytes = made.workspace + 16 * network.parameterCount;
  if (bytes <= limits.training) return made;
  throw badLayers(
    'Training the network takes too much memory',
    `at most ${limits.training} bytes for ${samples} samples at once and the parameters`,
    `${bytes}`,
  );
}

/** Bytes that the slots of a call may take together, where one does not need more. */
const SLOTS = 2 ** 30;

/** How many calls run at the same time where each needs so many bytes; the result does not depend on it. */
export function slotCount(threads: number, calls: number, bytes: number): number {
  return Math.max(1, Math.min(threads, calls, Math.floor(SLOTS / bytes)));
}

interface Places {
  /** Place of each value. */
  of: number[];
  /** f32 a sample of each place. */
  sizes: number[];
}

function keepAll({ values }: Network): Places {
  return { of: values.map((_, i) => i), sizes: values };
}

function reusePlaces({ operations, values, output }: Network): Places {
  const lastUse = values.map(() => -1);
  for (const [i, { input, second }] of operations.entries()) {
    if (input >= 0) lastUse[input] = i;
    if (second !== undefined) lastUse[second] = i;
  }
  lastUse[output] = operations.length;
  const of = values.map(() => -1);
  const sizes: number[] = [];
  const free: number[] = [];
  for (const [i, operation] of operations.entries()) {
    const size = values[operation.output]!;
    const dying = inputsOf(operation).filter((value) => lastUse[value] === i);
    let place = dying.find((value) => operation.inPlace && values[value] === size);
    if (place !== undefined) {
      of[operation.output] = of[place]!;
    } else {
      const best = free.findIndex((p) => sizes[p]! >= size);
      place = best >= 0 ? free.splice(best, 1)[0]! : sizes.push(size) - 1;
      of[operation.output] = place;
    }
    for (const value of dying) {
      if (of[value] !== of[operation.output]) free.push(of[value]!);
    }
    free.sort((a, b) => sizes[a]! - sizes[b]!);
  }
  return { of, sizes };
}

function inputsOf({ input, second }: Operation): number[] {
  return [input, ...(second === undefined || second === input ? [] : [second])].filter((value) => value >= 0);
}

/** Walks back as the gradient does: who writes a gradient first, who adds to it, who needs none. */
function gradientFlags({ operations, values, output }: Network): number[] {
  const learns = values.map(() => false);
  for (const operation of operations) {
    learns[operation.output] = operation.learns || inputsOf(operation).some((value) => learns[value]);
  }
  const written = values.map(() => false);
  written[output] = true;
  const marks = operations.map(() => 0);
  const shared = new Set<number>();
  for (let i = operations.length - 1; i >= 0; i--) {
    const { input, second, learns: own, parameters } = operations[i]!;
    if (own && shared.has(parameters)) marks[i]! |= flags.addParameterGradient;
    if (own) shared.add(parameters);
    if (second !== undefined) {
      if (written[second]) marks[i]! |= flags.addSecondGradient;
      written[second] = true;
    }
    if (input < 0) continue;
    if (!learns[input] && second === undefined) marks[i]! |= flags.noInputGradient;
    else {
      if (written[input]) marks[i]! |= flags.addGradient;
      written[input] = true;
    }
  }
  return marks;
}
