import { readPolicy, readTask, readTaskDocument } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import type { Deployment } from '@covey/contracts/abi';
import { loadCore } from '@covey/wasm-core';
import { readCoreWasm } from '@covey/wasm-core/node';
import { checkStore } from '../../creator/check/check-store.ts';
import { fail, findingLines, hasFailed, warn, type Finding } from '../../creator/check/finding.ts';
import { checkClock, checkEndpoints } from '../../doctor/check-endpoints.ts';
import { checkDisk, checkMemory, checkRate, checkSecrets, measureRate } from '../../doctor/check-machine.ts';
import { checkAccount, checkScorer } from '../../doctor/check-node.ts';
import { accountOf } from '../account.ts';
import { taskId } from '../arguments.ts';
import { openChain, openReader, openStore, readDeployment, stateDir } from '../context.ts';
import { defineCommand, optional, type Values } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { accountOptions, readerOptions, stateOptions } from '../options.ts';
import { say } from '../words/say.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  ...stateOptions,
  task: optional(
    '--task <id>',
    'whether this machine can take part in it: memory, and scoring within its window',
    taskId,
  ),
};

type Options = Values<typeof options>;

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Try everything that a node needs, from the chain to the speed of this machine, and say what to do',
  examples: ['doctor', 'doctor --task 1   # can this machine score its rounds in time?', 'doctor --json'],
  options,
  async run(given, out) {
    const findings = [...(await ofMachine(given)), ...(await ofContent(given)), ...(await ofChain(given))];
    const failed = hasFailed(findings);
    const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
    out.result('covey.doctor/1', { ok: !failed, findings }, [
      ...findings.flatMap(findingLines),
      say`${count('ok')} in order, ${count('warn')} to think about, ${count('fail')} to mend`,
    ]);
    if (failed) process.exitCode = exitCodes.failed.code;
  },
});

async function ofMachine(given: Options): Promise<Finding[]> {
  const secrets = await checkSecrets([given.keyFile, given.keystore, given.passwordFile]);
  return [...(await checkDisk(stateDir(given))), ...secrets];
}

async function ofContent(given: Options): Promise<Finding[]> {
  return [await checkStore(openStore(given), given.ipfs)];
}

async function ofChain(given: Options): Promise<Finding[]> {
  let deployment: Deployment;
  try {
    deployment = await readDeployment(given);
  } catch (error) {
    return [failed('deployment', error), await checkMemory(undefined, undefined)];
  }
  const { findings, endpoints } = await checkEndpoints(deployment, given.rpc.split(','));
  const [first] = endpoints;
  if (!first) return [...findings, await checkMemory(undefined, undefined)];
  const clock = await attempted('clock', async () => await checkClock(first, Date.now() / 1000));
  return [...findings, ...clock, ...(await ofDeployment(given))];
}

async function ofDeployment(given: Options): Promise<Finding[]> {
  const findings: Finding[] = [];
  const covey = await openChain(given);
  findings.push(
    ...(await attempted('account', async () => {
      const account = await accountOf(given);
      if (account !== undefined) return await checkAccount(covey, account);
      return [
        warn('account', 'none is named', 'one that signs', 'Make one with `covey account new`; reading needs none.'),
      ];
    })),
  );
  const bytes = await readCoreWasm();
  const core = await loadCore(bytes);
  findings.push(
    ...(await attempted('scorer', async () => [
      await checkScorer(covey, openReader(given), { bytes, sha256: core.sha256 }),
    ])),
    ...(await attempted('task', async () => {
      const policy = await readPolicy(covey);
      const task = given.task === undefined ? undefined : await documentOf(given.task);
      const rate = measureRate(core, task?.document.architecture);
      return [await checkMemory(task?.document, policy), ...checkRate({ rate, policy, task })];
    })),
  );
  core.close();
  return findings;

  async function documentOf(id: bigint) {
    const document = await readTaskDocument(openReader(given), await readTask(covey, id), { timeoutMs: 20_000 });
    return { taskId: id, document };
  }
}

/** What cannot be looked at is found wanting, not the end of the examination. */
async function attempted(field: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [failed(field, error)];
  }
}

function failed(field: string, error: unknown): Finding {
  if (!isCoveyError(error)) throw error;
  return fail(field, error.shortMessage, error.expected ?? '', error.hint ?? '');
}
