import { closeAnswerCase, contestAnswerCase, readAnswerCase } from '@covey/client/inference';
import { nodeError } from '../../../errors.ts';
import { coveyText, utcText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { phrase, say } from '../../words/say.ts';

export const hostCase = defineCommand({
  name: 'host case',
  summary: 'A case about an answer: stand up for the host, or end it once its window has passed',
  examples: ['host case --case 1 --contest --key-file host.key', 'host case --case 1 --close --key-file any.key'],
  options: {
    ...accountOptions,
    case: required('--case <id>', 'case', positiveId),
    contest: flag('--contest', 'put up the same bond for the host: the DAO rules then'),
    close: flag('--close', 'slash the host, or give the bonds back where nobody ruled'),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const found = await readAnswerCase(covey, options.case);
    if (options.contest && options.close)
      throw nodeError('CONFIG_INVALID', 'A case is contested or closed.', { expected: '--contest or --close' });
    const sent = options.contest
      ? await contestAnswerCase(covey, found, (event) => out.step(event))
      : options.close
        ? await closeAnswerCase(covey, found)
        : null;
    const now = await readAnswerCase(covey, options.case);
    const { node, state, end, bond, taken } = now;
    out.result('covey.host-case/1', { ...now, tx: sent?.tx ?? null, gasUsed: sent?.gasUsed ?? null }, [
      say`case ${options.case} about ${node}: ${phrase(state)} until ${utcText(BigInt(end))}`,
      say`bond ${coveyText(bond)}, taken ${coveyText(taken)}`,
    ]);
  },
});
