import { chainError } from '@covey/client';
import { CommanderError, type Command } from 'commander';
import { nodeError } from '../errors.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { output } from './output.ts';

/** Runs this process's command line and ends it with the exit code that follows. */
export async function runCli(program: Command): Promise<never> {
  // A reader that goes away (`| head`, a log collector that died) must not end a node that has stake at risk.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  // What nobody awaits ends as what is awaited does: said in a line, with its exit code.
  process.once('uncaughtException', (thrown) => {
    const error = coded(thrown);
    output(process.argv.includes('--json')).error(error);
    process.exit(exitCodeOf(error));
  });
  process.exitCode = await execute(program, process.argv.slice(2));
  // Open keep-alive connections would hold the process; wait only until what was printed is out.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
  process.exit();
}

/** What a command line does, and the exit code that follows; `process.exitCode` where the command set one itself. */
export async function execute(program: Command, typed: readonly string[]): Promise<number> {
  try {
    await throwing(program).parseAsync(typed, { from: 'user' });
    return Number(process.exitCode ?? exitCodes.ok.code);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? exitCodes.ok.code : exitCodes.usage.code;
    const error = coded(thrown);
    output(typed.includes('--json')).error(error);
    return exitCodeOf(error);
  }
}

/** What the chain's client throws by itself names the endpoint, whose address may hold a key: it is said in our words. */
const coded = (thrown: unknown): Error => chainError(thrown, 'reading the chain');

/**
 * Commander's own way out is process.exit: let it throw, so that every way ends above. What it says of a wrong command line
 * is an error as any other, as JSON too.
 */
function throwing(command: Command, typed = command.name()): Command {
  command.configureOutput({ outputError: () => undefined });
  command.exitOverride((error) => {
    if (error.exitCode === 0 || error.code === 'commander.help') throw error;
    throw nodeError('CONFIG_INVALID', error.message.replace(/^error: /, ''), {
      hint: `See what it takes: ${typed} --help`,
      cause: error,
    });
  });
  for (const child of command.commands) throwing(child, `${typed} ${child.name()}`);
  return command;
}
