// Dishonest participants as processes of their own, for the demo and tests: node nodes/src/experiments/main.ts
import { Command } from 'commander';
import { toCommand } from '../cli/define-command.ts';
import { runCli } from '../cli/run-cli.ts';
import { dishonestHost } from './host.ts';
import { dishonestTrain } from './train.ts';
import { dishonestValidate } from './validate.ts';

const program = new Command('covey-experiments').description('Misbehave, to see what the protocol does about it');
for (const command of [toCommand(dishonestTrain), toCommand(dishonestValidate), toCommand(dishonestHost)])
  program.addCommand(command);
await runCli(program);
