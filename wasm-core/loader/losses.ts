import type { CoveyError } from '@covey/errors';
import { badLayers } from './bad-layers.ts';
import { coreError, describe } from './errors.ts';
import { limits, type NetworkInput } from './network-parts.ts';

/**
 * The most that one prediction can lose, unit 2^-32: 2^20 nat. Also the loss of one on which a model breaks down. Here for
 * all who count with it; the kernel's own, in `assembly/score/loss.ts`, is held against it by exactness.test.ts.
 */
export const LOSS_CAP = 1n << 52n;

/** How predictions are scored: everything that is known of a loss but its kernel. */
export interface LossType<Name extends string = string> {
  name: Name;
  /** As the assembly names and numbers them: over samples with targets, and of the next token where tokens can have it. */
  operations: Readonly<Record<string, number>>;
  code: number;
  /** Absent where tokens have no such loss. */
  tokenCode?: number;
  /** What a sample's target is: one class, or a number an output. */
  targets: 'class' | 'outputs';
}

function defineLoss<const Name extends string>(loss: LossType<Name>): LossType<Name> {
  return loss;
}

const [CROSS_ENTROPY, NEXT_TOKEN, SQUARED_ERROR] = [0, 1, 2];

const all = [
  /** −log p of the label; of the next token for tokens. */
  defineLoss({
    name: 'cross-entropy',
    operations: { CROSS_ENTROPY, NEXT_TOKEN },
    code: CROSS_ENTROPY,
    tokenCode: NEXT_TOKEN,
    targets: 'class',
  }),
  /** Mean over the outputs of (output − target)². */
  defineLoss({ name: 'squared-error', operations: { SQUARED_ERROR }, code: SQUARED_ERROR, targets: 'outputs' }),
] as const;

export type Loss = (typeof all)[number]['name'];

/** Every loss; the first is the one that counts unless another is named. */
export const lossTypes = all as readonly LossType<Loss>[];

/** What a loss scores: the end of a network. */
export interface Outputs {
  input: NetworkInput;
  rows: number;
  classes: number;
}

/** The loss of that name for these outputs. Throws CORE_BAD_ARGUMENT or CORE_BAD_LAYERS where it cannot score them. */
export function lossOf(
  { input, rows, classes }: Outputs,
  name: unknown,
): { targets: LossType['targets']; code: number } {
  const loss = name === undefined ? lossTypes[0]! : lossTypes.find((one) => one.name === name);
  if (!loss) throw unknownLoss(name);
  const { targets, code, tokenCode } = loss;
  if (input.kind === 'tokens') {
    if (tokenCode !== undefined) return { targets, code: tokenCode };
    const able = lossTypes.filter((one) => one.tokenCode !== undefined);
    throw badLayers('A network of tokens is scored by its next token', quoted(able), loss.name);
  }
  if (rows !== 1) throw badLayers('The network has more than one row of outputs', '1', String(rows));
  if (targets === 'class' && (classes < 2 || classes > limits.classes)) {
    throw badLayers(
      'The last layer has the wrong number of classes',
      `2 to ${limits.classes} outputs`,
      String(classes),
    );
  }
  return { targets, code };
}

function unknownLoss(name: unknown): CoveyError {
  return coreError('CORE_BAD_ARGUMENT', '`loss` is unknown', { expected: quoted(lossTypes), got: describe(name) });
}

function quoted(losses: readonly LossType[]): string {
  return losses.map(({ name }) => `'${name}'`).join(' or ');
}
