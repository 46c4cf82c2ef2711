import { challengeResult, codecs, readChallengeBond, readRound, verifyRound } from '@covey/client';
import type { RoundVerification } from '@covey/client';
import { summariseResult } from '@covey/protocol';
import type { Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import { openChain, openCore, openReader, openSender, openStore } from '../context.ts';
import { defineCommand, flag, type Values } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { accountOptions, bondOption, readerOptions, roundOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { coveyText } from '../../quantities.ts';
import { phrase, say } from '../words/say.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  ...roundOptions,
  challenge: flag('--challenge', 'where it is another: challenge the accepted result with the computed one'),
  ...bondOption('none'),
};

export const verify = defineCommand({
  name: 'verify',
  summary: 'Recompute an accepted round from chain and content, and compare (exit 3: mismatch)',
  examples: [
    'verify --task 1 --round 0',
    'verify --task 1 --round 0 --gateway http://127.0.0.1:8080 --json',
    'verify --task 1 --round 0 --challenge --max-bond 2000 --key-file me.key',
  ],
  options,
  async run(given, out) {
    const { task: taskId, round } = given;
    const found = await verifyRound({
      covey: await openChain(given),
      taskId,
      round,
      store: openReader(given),
      core: await openCore(),
      onProgress: ({ step, done, total }) => out.progress(say`${phrase(step)} ${done}/${total}`),
    });
    const challenge = given.challenge && !found.match ? await challengeWith(given, found, out) : null;
    out.result('covey.verify/1', { taskId, round, ...found, challenge }, [
      found.match ? say`MATCH` : say`MISMATCH`,
      say`accepted ${found.acceptedHash}`,
      found.computedHash === null ? say`computed nothing: an input was altered` : say`computed ${found.computedHash}`,
      ...found.problems.map(({ role, cid, message }) => `${role} ${cid}: ${message}`),
      ...found.perSubmission.map(({ index, node, match, differences }) =>
        match
          ? say`submission ${index} ${node} match`
          : say`submission ${index} ${node} MISMATCH ${differences.map(({ field, expected, got }) => say`${field}: accepted ${expected}, computed ${got}`).join('; ')}`,
      ),
      ...(challenge ? [say`challenged with a bond of ${coveyText(challenge.bond)}`] : []),
    ]);
    if (!found.match) process.exitCode = exitCodes.mismatch.code;
  },
});

/** Stores what was computed, for who decides, and challenges with it: BOND_LIMIT and NOT_CHALLENGED before that. */
async function challengeWith(
  given: Values<typeof options>,
  { computed, computedHash, acceptedHash }: RoundVerification,
  out: Output,
): Promise<{ bond: bigint; tx: Hex; gasUsed: bigint }> {
  const { task: taskId, round, maxBond = 0n } = given;
  const covey = await openSender(given);
  const { phase } = await readRound(covey, taskId, round);
  if (computed === null || computedHash === acceptedHash || (phase !== 'challenge' && phase !== 'ruling')) {
    throw nodeError('NOT_CHALLENGED', `There is nothing to challenge round ${round} of task ${taskId} with.`, {
      expected: 'another result, before the challenge window ends',
      got: computed === null ? 'inputs that were altered' : `phase ${phase}`,
    });
  }
  const { summary, bytes } = summariseResult(computed);
  const needed = await readChallengeBond(covey, { taskId, round, summary });
  if (needed > maxBond) {
    throw nodeError('BOND_LIMIT', `Challenging round ${round} of task ${taskId} takes a bond.`, {
      expected: `at most ${maxBond} wei`,
      got: String(needed),
    });
  }
  await openStore(given).putBlock(codecs.dagJson, bytes);
  const { bond, tx, gasUsed } = await challengeResult({
    covey,
    taskId,
    round,
    summary,
    onEvent: (event) => out.step(event),
  });
  return { bond, tx, gasUsed };
}
