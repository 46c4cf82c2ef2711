import type { Command } from 'commander';
import { commands, groups } from './commands/index.ts';
import { programOf } from './program-of.ts';

/** The whole command line, from the list of commands. */
export const covey = (): Command => programOf(commands, groups);
