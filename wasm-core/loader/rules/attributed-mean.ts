import { integer } from '../parameters.ts';
import type { ShardRuleDefinition } from './shard-rule.ts';

const parameters = {
  publicEpochs: integer(0, 10, 'epochs', 'how long the core itself trains each new model on the opened shards'),
  clip: {
    kind: 'non-negative',
    most: 1e6,
    unit: 'median magnitudes of a column',
    meaning: 'how far a value may stand out of its column, against backdoors; 0: as far as it likes',
  },
} as const;

/**
 * The mean of the updates that lower the loss on the round's hidden shard, each paid for what it gave: steps of equal
 * length, novelty over what is public, Aumann–Shapley values of one gradient. `attributed-mean/` computes it.
 */
export const attributedMean: ShardRuleDefinition<'attributed-mean', typeof parameters> = {
  name: 'attributed-mean',
  paper: {
    title: 'Values of Non-Atomic Games',
    authors: 'Aumann, Shapley',
    year: 1974,
    link: 'https://press.princeton.edu/books/hardcover/9780691645469/values-of-non-atomic-games',
  },
  parameters,
  least: 1,
};
