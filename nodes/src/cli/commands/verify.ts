import { verifyRound } from '@covey/client';
import { openChain, openCore, openReader } from '../context.ts';
import { defineCommand } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { chainOptions, readerOptions, roundOptions } from '../options.ts';

export const verify = defineCommand({
  name: 'verify',
  summary: 'Recompute an accepted round from chain and content, and compare (exit 3: mismatch)',
  examples: [
    'verify --deployment covey.json --task 1 --round 0',
    'verify --task 1 --round 0 --gateway http://127.0.0.1:8080 --json',
  ],
  options: { ...chainOptions, ...readerOptions, ...roundOptions },
  async run(options, out) {
    const { task: taskId, round } = options;
    const covey = await openChain(options);
    const found = await verifyRound({
      covey,
      taskId,
      round,
      store: openReader(options),
      core: await openCore(),
      onProgress: ({ step, done, total }) => out.progress(`${step} ${done}/${total}`),
    });
    out.result('covey.verify/1', { taskId, round, ...found }, [
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
    if (!found.match) process.exitCode = exitCodes.mismatch.code;
  },
});
