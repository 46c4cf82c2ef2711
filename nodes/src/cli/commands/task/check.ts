import { checkTask } from '../../../creator/check/check-task.ts';
import { findingLines, hasFailed, type Finding } from '../../../creator/check/finding.ts';
import { exitCodes } from '../../exit-codes.ts';
import { ethereumAddress } from '../../arguments.ts';
import { accountOf } from '../../account.ts';
import { openChain, openCore, openStore } from '../../context.ts';
import { defineCommand, optional, positional } from '../../define-command.ts';
import { accountOptions, contentOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskCheck = defineCommand({
  name: 'task check',
  summary: 'Say all that could go wrong with a task draft: nothing is sent, no key is made',
  examples: [
    'task check task.json',
    'task check task.json --account 0x…   # its balance too',
    'task check task.json --json | jq ".findings[] | select(.level != \\"ok\\")"',
  ],
  options: {
    file: positional('<file>', 'task draft (`covey task new` writes one)'),
    ...accountOptions,
    ...contentOptions,
    account: optional('--account <address>', 'who would propose it (default: the own account)', ethereumAddress),
  },
  async run(options, out) {
    const { file, ipfs, deployment } = options;
    const { findings } = await checkTask(file, {
      chain: deployment === undefined ? undefined : () => openChain(options),
      account: options.account ?? (await accountOf(options)),
      store: openStore(options),
      ipfs,
      scorer: (await openCore()).sha256,
    });
    const failed = hasFailed(findings);
    out.result('covey.task-check/1', { file, ok: !failed, findings }, [
      ...findings.flatMap(findingLines),
      verdict(findings),
    ]);
    if (failed) process.exitCode = exitCodes.usage.code;
  },
});

function verdict(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [fails, warnings] = [count('fail'), count('warn')];
  if (fails > 0) return say`${fails} to mend before this can be a task, ${warnings} to think about`;
  return warnings > 0
    ? say`it can be a task; ${warnings} to think about first`
    : say`it can be a task: \`covey task create\` proposes it`;
}
