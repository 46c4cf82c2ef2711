import { readActingFor, readBalance, readLocksOf, readPosition } from '@covey/client';
import { nodeError } from '../../errors.ts';
import { coveyText, etherText } from '../../quantities.ts';
import { accountOf } from '../account.ts';
import { ethereumAddress } from '../arguments.ts';
import { openChain } from '../context.ts';
import { defineCommand, optional } from '../define-command.ts';
import { accountOptions } from '../options.ts';
import { say } from '../words/say.ts';

export const balance = defineCommand({
  name: 'balance',
  summary: 'What an account has: the chain’s currency, COVEY, and what of it is staked or locked',
  examples: ['balance', 'balance --account 0x… --json'],
  options: {
    ...accountOptions,
    account: optional('--account <address>', 'whose (default: the own account)', ethereumAddress),
  },
  async run(options, out) {
    const account = options.account ?? (await accountOf(options));
    if (account === undefined) {
      throw nodeError('CONFIG_INVALID', 'Whose balance?', { expected: '--account 0x…, or an account of one’s own' });
    }
    const covey = await openChain(options);
    const [native, tokens, node] = await Promise.all([
      covey.publicClient.getBalance({ address: account }),
      readBalance(covey, account),
      readActingFor(covey, account),
    ]);
    const [{ active, unstaking, claimable }, locks] = await Promise.all([
      readPosition(covey, node, account),
      readLocksOf(covey, account),
    ]);
    const locked = locks.reduce((sum, { amount }) => sum + amount, 0n);
    out.result('covey.balance/1', { account, native, tokens, node, staked: active, unstaking, claimable, locked }, [
      say`account   ${account}`,
      say`currency  ${etherText(native)} (pays for gas)`,
      say`COVEY     ${coveyText(tokens)}`,
      say`staked    ${coveyText(active)} with node ${node}`,
      ...(unstaking > 0n ? [say`unstaking ${coveyText(unstaking)}`] : []),
      ...(claimable > 0n ? [say`to claim  ${coveyText(claimable)}`] : []),
      ...(locked > 0n ? [say`locked    ${coveyText(locked)} for votes`] : []),
    ]);
  },
});
