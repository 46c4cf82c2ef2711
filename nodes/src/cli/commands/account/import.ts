import { importKey, keepOptions, nameInConfig } from '../../keep-key.ts';
import { configFile, defineCommand, optional } from '../../define-command.ts';
import { keptLines } from './new.ts';

export const accountImport = defineCommand({
  name: 'account import',
  summary: 'Keep a key encrypted that is there already; without a file it is asked for on the terminal, unseen',
  examples: ['account import --key-file node.key', 'account import --keystore UTC--2026-…   # of geth or a wallet'],
  options: {
    keyFile: optional('--key-file <file>', 'private key in hex'),
    keystore: optional('--keystore <file>', 'encrypted key, whose password is kept'),
    ...keepOptions,
    config: configFile,
  },
  async run(options, out) {
    const kept = await importKey(options, options);
    const config = await nameInConfig(options.config, kept);
    out.result('covey.account-import/1', { ...kept, config: config ?? null }, keptLines(kept, config));
  },
});
