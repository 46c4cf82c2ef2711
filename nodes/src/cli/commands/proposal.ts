import { Command } from 'commander';
import { createCommand } from './proposal-create.ts';
import { formsCommand, listCommand, showCommand } from './proposal-read.ts';
import { replayCommand } from './proposal-replay.ts';
import { simulateCommand } from './proposal-simulate.ts';
import { executeCommand, voteCommand } from './proposal-vote.ts';

export function proposalCommand(): Command {
  return new Command('proposal')
    .description('Decide: what the DAO does, what it would change, and who would gain or lose')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(formsCommand())
    .addCommand(createCommand())
    .addCommand(voteCommand())
    .addCommand(executeCommand())
    .addCommand(simulateCommand())
    .addCommand(replayCommand());
}
