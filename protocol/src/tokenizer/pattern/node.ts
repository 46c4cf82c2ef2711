import type { CodePoints } from '../unicode.ts';

/** What a pattern is made of. */
export type PatternNode =
  | { kind: 'character'; codePoint: number }
  | { kind: 'set'; set: CodePoints }
  | { kind: 'sequence'; nodes: PatternNode[] }
  | { kind: 'choice'; nodes: PatternNode[] }
  | { kind: 'repeat'; node: PatternNode; least: number; most: number; mode: 'greedy' | 'lazy' | 'possessive' }
  | { kind: 'atomic'; node: PatternNode }
  | { kind: 'look'; node: PatternNode; isBehind: boolean; isNegative: boolean }
  | { kind: 'place'; place: Place };

/** `^`, `$`, `\A`, `\z`, `\Z`, `\b`, `\B`; lines end with a line feed. */
export type Place = 'line-start' | 'line-end' | 'start' | 'end' | 'last-line-end' | 'word-edge' | 'no-word-edge';

/** Fewest and most code points that a node takes. */
export function widthOf(node: PatternNode): readonly [least: number, most: number] {
  switch (node.kind) {
    case 'character':
    case 'set':
      return [1, 1];
    case 'look':
    case 'place':
      return [0, 0];
    case 'atomic':
      return widthOf(node.node);
    case 'repeat': {
      const [least, most] = widthOf(node.node);
      return [least * node.least, most === 0 ? 0 : most * node.most];
    }
    case 'sequence': {
      const widths = node.nodes.map(widthOf);
      return [widths.reduce((sum, [least]) => sum + least, 0), widths.reduce((sum, [, most]) => sum + most, 0)];
    }
    case 'choice': {
      const widths = node.nodes.map(widthOf);
      return [Math.min(...widths.map(([least]) => least)), Math.max(...widths.map(([, most]) => most))];
    }
  }
}
