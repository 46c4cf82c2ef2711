import { nodeError } from '../../../errors.ts';
import { accountOf } from '../../account.ts';
import { defineCommand } from '../../define-command.ts';
import { originText } from '../../config/settings.ts';
import { keyOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const accountShow = defineCommand({
  name: 'account show',
  summary: 'Which account commands sign with here, and what says so',
  examples: ['account show', 'account show --keystore node.json --json'],
  options: keyOptions,
  async run(options, out, origins) {
    const address = await accountOf(options);
    if (address === undefined) {
      throw nodeError('CONFIG_INVALID', 'No account is named here.', {
        expected: '--keystore FILE, --key-file FILE, COVEY_PRIVATE_KEY, or a keystore in the config file',
        hint: 'Make one with `covey account new`.',
      });
    }
    const { keyFile, keystore } = options;
    const file = keyFile ?? keystore;
    const by = keyFile !== undefined ? origins.keyFile! : keystore !== undefined ? origins.keystore! : environment;
    out.result('covey.account-show/1', { address, file: file ?? null, origin: by }, [
      say`account ${address}`,
      file === undefined ? say`from    ${originText(by)}` : say`from    ${file}, named by ${originText(by)}`,
    ]);
  },
});

const environment = { from: 'environment', where: 'COVEY_PRIVATE_KEY' } as const;
