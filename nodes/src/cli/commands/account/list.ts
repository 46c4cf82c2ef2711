import { keptKeys } from '../../../keystore/keystore-folder.ts';
import { loadConfig } from '../../config/config-file.ts';
import { configFile, defineCommand } from '../../define-command.ts';
import { keepOptions, keystoreFolder } from '../../keep-key.ts';
import { say } from '../../words/say.ts';

export const accountList = defineCommand({
  name: 'account list',
  summary: 'The encrypted keys that are kept here, and which of them the config file names',
  examples: ['account list', 'account list --keystore-dir ~/.ethereum/keystore'],
  options: { keystoreDir: keepOptions.keystoreDir, config: configFile },
  async run(options, out) {
    const folder = keystoreFolder(options);
    const named = (await loadConfig(options.config))?.config.keystore;
    const accounts = (await keptKeys(folder)).map(({ path, address }) => ({
      address: address ?? null,
      keystore: path,
      configured: path === named,
    }));
    out.result('covey.account-list/1', { folder, accounts }, [
      ...accounts.map(({ address, keystore, configured }) => `${configured ? '*' : ' '} ${address ?? '?'} ${keystore}`),
      ...(accounts.length === 0 ? [say`no key in ${folder}: make one with \`covey account new\``] : []),
    ]);
  },
});
