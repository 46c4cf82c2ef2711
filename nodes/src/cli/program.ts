import { Command } from 'commander';
import { buyCommand } from './commands/buy.ts';
import { claimCommand } from './commands/claim.ts';
import { dataCommand } from './commands/data.ts';
import { delegateCommand } from './commands/delegate.ts';
import { emissionCommand } from './commands/emission.ts';
import { escrowCommand } from './commands/escrow.ts';
import { keeperCommand } from './commands/keeper.ts';
import { predictCommand } from './commands/predict.ts';
import { proposalCommand } from './commands/proposal.ts';
import { settleCommand } from './commands/settle.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { stakeCommand } from './commands/stake.ts';
import { taskCommand } from './commands/task.ts';
import { train } from './commands/train.ts';
import { validate } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import { toCommand } from './define-command.ts';
import { exitCodeHelp } from './exit-codes.ts';

export function covey(): Command {
  const program = new Command('covey')
    .description('Take part in Covey: train, validate, keep rounds moving, verify, settle, buy, govern')
    .addHelpText(
      'after',
      `\n${exitCodeHelp}\n\nWith --json, stdout carries one object (schema covey.<command>/1, covey.error/1 on failure);\nof daemons one covey.event/1 object a line. Progress goes to stderr.`,
    );
  for (const make of [
    () => toCommand(train),
    () => toCommand(validate),
    keeperCommand,
    taskCommand,
    verifyCommand,
    settleCommand,
    claimCommand,
    stakeCommand,
    escrowCommand,
    snapshotCommand,
    emissionCommand,
    buyCommand,
    predictCommand,
    proposalCommand,
    delegateCommand,
    dataCommand,
  ]) {
    program.addCommand(make());
  }
  return program;
}
