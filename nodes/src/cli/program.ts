import { Command, CommanderError } from 'commander';
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
import { trainCommand } from './commands/train.ts';
import { validateCommand } from './commands/validate.ts';
import { verifyCommand } from './commands/verify.ts';
import { exitCodeHelp, exitCodeOf, exitCodes } from './exit-codes.ts';
import { output } from './output.ts';

function program(): Command {
  const covey = new Command('covey')
    .description('Take part in Covey: train, validate, keep rounds moving, verify, settle, buy, govern')
    .addHelpText(
      'after',
      `\n${exitCodeHelp}\n\nWith --json, stdout carries one object (schema covey.<command>/1, covey.error/1 on failure);\nof daemons one covey.event/1 object a line. Progress goes to stderr.`,
    );
  for (const make of [
    trainCommand,
    validateCommand,
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
    covey.addCommand(make());
  }
  return throwing(covey);
}

/** Commander's own way out is process.exit: let it throw, so that every way ends below. */
function throwing(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(throwing);
  return command;
}

/** Runs the command line of this process and sets its exit code. */
export async function runCli(): Promise<void> {
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    } else {
      output(process.argv.includes('--json')).error(error);
      process.exitCode = exitCodeOf(error);
    }
  }
}
