import { makeKey, keepOptions, nameInConfig, type Kept } from '../../keep-key.ts';
import { configFile, defineCommand } from '../../define-command.ts';
import { say } from '../../words/say.ts';

export const accountNew = defineCommand({
  name: 'account new',
  summary: 'Make an account and keep its key encrypted (Web3 Secret Storage v3, as geth and wallets read it)',
  examples: ['account new', 'account new --password-file password.txt --json'],
  options: { ...keepOptions, config: configFile },
  async run(options, out) {
    const kept = await makeKey(options);
    const config = await nameInConfig(options.config, kept);
    out.result('covey.account-new/1', { ...kept, config: config ?? null }, keptLines(kept, config));
  },
});

/** What there is to know once a key is kept. */
export function keptLines({ address, keystore }: Kept, config: string | undefined): string[] {
  return [
    say`account  ${address}`,
    say`keystore ${keystore}`,
    config === undefined ? say`name it to commands: --keystore ${keystore}` : say`${config} names it to every command`,
    say`Keep a copy of the file and its password: nobody can make them again.`,
  ];
}
