import { setFlagsFromString } from 'node:v8';
import type { CommandDefinition } from './define-command.ts';

/** Commands that run for months, each by itself: the others are not loaded beside it. */
const daemons: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  train: async () => (await import('./commands/train.ts')).train,
  validate: async () => (await import('./commands/validate.ts')).validate,
  keeper: async () => (await import('./commands/keeper.ts')).keeper,
  creator: async () => (await import('./commands/creator.ts')).creator,
  seller: async () => (await import('./commands/seller.ts')).seller,
  'host serve': async () => (await import('./commands/host/serve.ts')).hostServe,
};

/** What daemons of two words are grouped by. */
export const daemonGroups = {
  host: 'Serve models for pay: make an offer, enlist, answer, redeem; find who serves what',
} as const;

/** The daemon that is typed, in a process that keeps little in memory; null for another command. */
export async function daemonOf([first = '', second = '']: readonly string[]): Promise<CommandDefinition | null> {
  const name = [first, `${first} ${second}`].find((typed) => Object.hasOwn(daemons, typed));
  if (name === undefined) return null;
  // V8 lets the space of new objects grow to tens of MiB, which a daemon that mostly waits never gives back.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--optimize-for-size');
  return await daemons[name]!();
}
