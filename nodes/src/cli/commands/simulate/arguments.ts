import { InvalidArgumentError } from 'commander';
import { nodeError } from '../../../errors.ts';
import type { Hostile } from '../../../simulation/task.ts';
import type { Split } from '../../../simulation/split.ts';
import { adaptiveAttacks, attackNamed, referenceAttacks, slugOf } from '../../../simulation/trainers/index.ts';

/** What part of the nodes is hostile where a strategy is named alone. */
const SHARE = 0.2;

/** `iid`, `dirichlet:ALPHA` or `sizes:ALPHA`. */
export function split(text: string): Split {
  const [how, alpha, ...more] = text.split(':');
  if (text === 'iid') return { how: 'iid' };
  if ((how === 'dirichlet' || how === 'sizes') && more.length === 0 && isPositive(alpha))
    return { how, alpha: Number(alpha) };
  throw new InvalidArgumentError('Expected iid, dirichlet:ALPHA or sizes:ALPHA, with ALPHA above 0 such as 0.5.');
}

/** `sign-flip`, or `sign-flip:0.1` for a tenth of the nodes. */
export function hostileOf(text: string): Hostile {
  const [name = '', share] = text.split(':');
  if (share !== undefined && !(isPositive(share) && Number(share) <= 1)) {
    throw nodeError('CONFIG_INVALID', '--hostile names a strategy and the part of the nodes that follow it.', {
      expected: 'NAME or NAME:SHARE, with SHARE above 0 up to 1 such as 0.2',
      got: text,
    });
  }
  return { strategy: attackNamed(name), share: share === undefined ? SHARE : Number(share) };
}

function isPositive(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && Number(text) > 0 && Number.isFinite(Number(text));
}

/** For the help. */
export const hostileNames = [...referenceAttacks, ...adaptiveAttacks].map(({ name }) => slugOf(name)).join(', ');
