import { ownTraining, runTrainer, train, trainerOptions } from '../cli/commands/train.ts';
import { ethereumAddress } from '../cli/arguments.ts';
import { defineCommand, optional, requiredOneOf, type Values } from '../cli/define-command.ts';
import type { CoveyChain } from '@covey/client';
import { nodeError } from '../errors.ts';
import { copier, copyFromState, copyOf, type CopySource } from './copy.ts';
import { garbage, labelFlip } from './poison.ts';

const options = {
  ...trainerOptions,
  attack: requiredOneOf('--attack <kind>', 'how to misbehave', ['label-flip', 'garbage', 'copy']),
  copyCid: optional('--copy-cid <cid>', 'with --attack copy: the CID to submit as own'),
  copyState: optional(
    '--copy-state <folder>',
    'with --attack copy: simulate a leak from the state folder of --copy-node',
  ),
  copyNode: optional('--copy-node <address>', 'with --copy-state: whom to copy', ethereumAddress),
};

/** A training node that misbehaves. */
export const dishonestTrain = defineCommand({
  ...train,
  summary: 'Run a dishonest training node',
  examples: [
    'train --attack label-flip --data shard-0.safetensors',
    'train --attack copy --copy-state .covey/state --copy-node 0x…',
  ],
  options,
  run: (options, out) =>
    runTrainer(options, out, async (covey, store) => {
      if (options.attack === 'garbage') return { store, produce: garbage };
      if (options.attack === 'copy') return copier(copySource(options, covey), store);
      const { own, gate } = await ownTraining(options);
      return { store, produce: labelFlip(own), gate };
    }),
});

function copySource({ copyCid, copyState, copyNode }: Values<typeof options>, covey: CoveyChain): CopySource {
  if (copyCid) return copyOf(copyCid);
  if (copyState && copyNode) return copyFromState(covey, copyState, copyNode);
  throw nodeError('CONFIG_INVALID', 'A copier needs something to copy.', {
    expected: '--copy-cid CID, or --copy-state FOLDER with --copy-node ADDRESS',
  });
}
