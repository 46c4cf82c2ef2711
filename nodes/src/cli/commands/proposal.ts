import { Command } from 'commander';
import { replayCommand } from './proposal-replay.ts';
import { simulateCommand } from './proposal-simulate.ts';

export function proposalCommand(): Command {
  return new Command('proposal')
    .description('What a proposal would do, before anybody votes')
    .addCommand(simulateCommand())
    .addCommand(replayCommand());
}
