import type { Command } from 'commander';
import { verifyRound } from '@covey/client';
import { command, integer, taskId, withChain, withReader } from '../arguments.ts';
import { openChain, openCore, openReader, type CommonOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { output } from '../output.ts';

export function verifyCommand(): Command {
  const verify = command(
    'verify',
    'Recompute an accepted round from chain and content, and compare (exit 3: mismatch)',
    [
      'verify --deployment covey.json --task 1 --round 0',
      'verify --task 1 --round 0 --gateway http://127.0.0.1:8080 --json',
    ],
  );
  return withReader(withChain(verify))
    .requiredOption('--task <id>', 'task', taskId)
    .requiredOption('--round <n>', 'round, from 0', integer)
    .action(async (options: CommonOptions & { task: bigint; round: number }) => {
      const out = output(options.json ?? false);
      const covey = await openChain(options);
      const found = await verifyRound({
        covey,
        taskId: options.task,
        round: options.round,
        store: openReader(options),
        core: await openCore(),
        onProgress: ({ step, done, total }) => out.progress(`${step} ${done}/${total}`),
      });
      out.result('covey.verify/1', { taskId: options.task, round: options.round, ...found }, [
        found.match ? 'MATCH' : 'MISMATCH',
        `accepted ${found.acceptedHash}`,
        `computed ${found.computedHash ?? 'nothing: an input was altered'}`,
        ...found.problems.map(({ role, cid, message }) => `${role} ${cid}: ${message}`),
        ...found.perSubmission.map(({ index, node, match, differences }) =>
          match
            ? `submission ${index} ${node} match`
            : `submission ${index} ${node} MISMATCH ${differences.map(({ field, expected, got }) => `${field}: accepted ${expected}, computed ${got}`).join('; ')}`,
        ),
      ]);
      if (!found.match) process.exitCode = exitCodes.mismatch;
    });
}
