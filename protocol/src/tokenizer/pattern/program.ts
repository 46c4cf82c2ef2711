import { unsupported } from '../json-reader.ts';
import type { CodePoints } from '../unicode.ts';
import { widthOf, type PatternNode, type Place } from './node.ts';

/** Instructions of a pattern, repetitions by number written out. */
const MOST_STEPS = 8192;

export type Step =
  | { do: 'character'; codePoint: number }
  | { do: 'set'; set: CodePoints }
  /** As many of a set as there are; fewer where the rest does not match, unless it keeps them. */
  | { do: 'run'; set: CodePoints; least: number; most: number; keeps: boolean }
  /** `first`, and where that fails, `second`. */
  | { do: 'try'; first: number; second: number }
  | { do: 'go'; to: number }
  /** A program of its own from the next step on; goes on at `to` from where that ended. */
  | { do: 'atomic'; to: number }
  | { do: 'look'; to: number; isBehind: boolean; isNegative: boolean }
  | { do: 'place'; place: Place }
  | { do: 'end' };

export function compilePattern(node: PatternNode): readonly Step[] {
  const steps: Step[] = [];
  write(node, steps);
  add(steps, { do: 'end' });
  return steps;
}

function add<T extends Step>(steps: Step[], step: T): T {
  if (steps.length >= MOST_STEPS)
    throw unsupported('a pattern', `at most ${MOST_STEPS} steps with its repetitions written out`, 'more');
  steps.push(step);
  return step;
}

function write(node: PatternNode, steps: Step[]): void {
  switch (node.kind) {
    case 'character':
      add(steps, { do: 'character', codePoint: node.codePoint });
      return;
    case 'set':
      add(steps, { do: 'set', set: node.set });
      return;
    case 'place':
      add(steps, { do: 'place', place: node.place });
      return;
    case 'sequence':
      for (const one of node.nodes) write(one, steps);
      return;
    case 'choice':
      writeChoice(node.nodes, steps);
      return;
    case 'atomic': {
      const step = add(steps, { do: 'atomic', to: 0 });
      write(node.node, steps);
      add(steps, { do: 'end' });
      step.to = steps.length;
      return;
    }
    case 'look': {
      const { isBehind, isNegative } = node;
      const step = add(steps, { do: 'look', to: 0, isBehind, isNegative });
      write(node.node, steps);
      add(steps, { do: 'end' });
      step.to = steps.length;
      return;
    }
    case 'repeat':
      writeRepeat(node, steps);
  }
}

function writeChoice(nodes: readonly PatternNode[], steps: Step[]): void {
  const exits: { to: number }[] = [];
  nodes.forEach((one, i) => {
    const step = i + 1 < nodes.length ? add(steps, { do: 'try', first: steps.length + 1, second: 0 }) : undefined;
    write(one, steps);
    if (!step) return;
    exits.push(add(steps, { do: 'go', to: 0 }));
    step.second = steps.length;
  });
  for (const exit of exits) exit.to = steps.length;
}

function writeRepeat(repeat: Extract<PatternNode, { kind: 'repeat' }>, steps: Step[]): void {
  const { node, least, most, mode } = repeat;
  if (node.kind === 'set' && mode !== 'lazy') {
    add(steps, { do: 'run', set: node.set, least, most, keeps: mode === 'possessive' });
    return;
  }
  if (mode === 'possessive') {
    write({ kind: 'atomic', node: { ...repeat, mode: 'greedy' } }, steps);
    return;
  }
  // Nothing of nothing: written out it would be as long as its number.
  if (widthOf(node)[1] === 0 && most > 1) throw unsupported('a pattern', 'repetitions of something', 'of nothing');
  const isLazy = mode === 'lazy';
  const branch = (step: { first: number; second: number }, inside: number, exit: number) =>
    Object.assign(step, isLazy ? { first: exit, second: inside } : { first: inside, second: exit });
  for (let i = 0; i < least; i++) write(node, steps);
  if (most === Infinity) {
    const at = steps.length;
    const step = add(steps, { do: 'try', first: 0, second: 0 });
    write(node, steps);
    add(steps, { do: 'go', to: at });
    branch(step, at + 1, steps.length);
    return;
  }
  const tries: [{ first: number; second: number }, number][] = [];
  for (let i = least; i < most; i++) {
    tries.push([add(steps, { do: 'try', first: 0, second: 0 }), steps.length]);
    write(node, steps);
  }
  for (const [step, inside] of tries) branch(step, inside, steps.length);
}
