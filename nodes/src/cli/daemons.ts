import { setFlagsFromString } from 'node:v8';
import type { CommandDefinition } from './define-command.ts';

/** Commands that run for months, each by itself: the others are not loaded beside it. */
const daemons: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  train: async () => (await import('./commands/train.ts')).train,
  validate: async () => (await import('./commands/validate.ts')).validate,
  keeper: async () => (await import('./commands/keeper.ts')).keeper,
  creator: async () => (await import('./commands/creator.ts')).creator,
  seller: async () => (await import('./commands/seller.ts')).seller,
};

/** The daemon of this name, in a process that keeps little in memory; null for another command. */
export async function daemonOf(name: string | undefined): Promise<CommandDefinition | null> {
  if (name === undefined || !Object.hasOwn(daemons, name)) return null;
  // V8 lets the space of new objects grow to tens of MiB, which a daemon that mostly waits never gives back.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
  return await daemons[name]!();
}
