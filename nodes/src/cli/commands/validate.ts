import { Option, type Command } from 'commander';
import { validatorAttacks, type ValidatorAttack } from '../../validator/attack.ts';
import { scoreInWorker } from '../../validator/scoring.ts';
import { ValidatorNode } from '../../validator/validator-node.ts';
import { amount, command, positive, withAccount, withChain, withContent, withDaemon, withState } from '../arguments.ts';
import { openCore, openSender, openStore, stateDir, type CommonOptions } from '../context.ts';
import { output } from '../output.ts';
import { runDaemon, type DaemonArguments } from '../run-daemon.ts';

interface Options extends CommonOptions, DaemonArguments {
  stake?: bigint;
  availabilityMs: number;
  report: boolean;
  attack?: ValidatorAttack;
}

export function validateCommand(): Command {
  const validate = command('validate', 'Run a validator: attest availability, score, commit, reveal, report, claim', [
    'validate --deployment covey.json --key-file validator.key',
    'validate --task 1 --stake 2000 --json',
  ]);
  withState(withDaemon(withContent(withAccount(withChain(validate)))));
  return validate
    .option('--stake <amount>', 'own stake to hold at least, in COVEY', amount)
    .option('--availability-ms <n>', 'how long to wait for each submission', positive, 10_000)
    .option('--no-report', 'do not open slash cases against offenders')
    .addOption(new Option('--attack <kind>', 'FOR EXPERIMENTS: behave dishonestly').choices(validatorAttacks))
    .action(async (options: Options) => {
      const out = output(options.json ?? false);
      const covey = await openSender(options);
      const node = new ValidatorNode({
        covey,
        store: openStore(options),
        core: await openCore(),
        stateDir: stateDir(options),
        onEvent: (event) => out.event(event),
        availabilityTimeoutMs: options.availabilityMs,
        reportOffenders: options.report,
        scoring: scoreInWorker,
        ...(options.stake === undefined ? {} : { stake: options.stake }),
        ...(options.attack ? { attack: options.attack } : {}),
      });
      await runDaemon(options, (daemon) => node.run(daemon));
    });
}
