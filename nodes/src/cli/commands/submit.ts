import { nameMapSchema, parameterCount, submissionLimit, type TaskDocument } from '@covey/protocol';
import { readPolicy, readTask, readTaskDocument, type ContentReader, type CoveyChain } from '@covey/client';
import { loadNodeCore } from '@covey/wasm-core/node';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { nodeError } from '../../errors.ts';
import type { NodeEvent } from '../../events.ts';
import { readAdapterFile } from '../../models/peft-folder.ts';
import { assertFinishable, finishAdapters, readMadeFile, type MadeFile } from '../../trainer/finish-update.ts';
import { followRound, type SubmissionProgress } from '../../trainer/follow-round.ts';
import { submitFile } from '../../trainer/submit-file.ts';
import { finishInWorker } from '../../trainer/training.ts';
import { openSender, openStore, readJson } from '../context.ts';
import { defineCommand, flag, optional, type Values } from '../define-command.ts';
import { admissionOption, openTrainer } from '../open-trainer.ts';
import {
  accountOptions,
  beaconOptions,
  contentOptions,
  limitOptions,
  officeOptions,
  pollOption,
  stateOptions,
  taskOption,
} from '../options.ts';
import { openRelease, releaseOptions } from '../release.ts';
import { untilDone } from '../until-done.ts';
import { say } from '../words/say.ts';

const options = {
  ...taskOption,
  model: optional(
    '--model <file>',
    'safetensors of a whole model; in a federated task its difference from the base counts',
  ),
  update: optional('--update <file>', 'safetensors of a federated update: what is to be added to the base'),
  adapter: optional(
    '--adapter <path>',
    'low-rank adapters: the folder that PEFT saves, or a safetensors file of Covey’s',
  ),
  map: optional('--map <file>', 'JSON that says which tensors are the task’s, and turns their axes'),
  wait: flag('--wait', 'stay until it is revealed, for days if need be'),
  ...accountOptions,
  ...officeOptions,
  ...contentOptions,
  ...stateOptions,
  ...limitOptions,
  ...beaconOptions,
  ...admissionOption,
  ...releaseOptions,
  ...pollOption,
};

export const submit = defineCommand({
  name: 'submit',
  summary: 'Submit a model that was made elsewhere: stake, join, commit and reveal, as far as the round is',
  examples: [
    'submit --task 1 --model model.safetensors --wait',
    'submit --task 1 --model keras.safetensors --map names.json --max-stake 2000',
    'submit --task 3 --adapter ./peft-adapter --wait   # over the task’s base',
    'submit --task 2 --update update.safetensors --encoding int8   # again when the next window opens',
  ],
  options,
  async run(values, out) {
    const { task: taskId } = values;
    const file = await readFileToSubmit(values);
    const onEvent = (event: NodeEvent) => out.step(event);
    const services = { covey: await openSender(values), store: openStore(values), onEvent };
    const node = await openTrainer(values, services, async (covey, store) => {
      await requireSubmittable(covey, store, values, file);
      const digest = createHash('sha256')
        .update(file.bytes)
        .update(JSON.stringify(file.config ?? null))
        .digest('hex');
      const { release, gate } = await openRelease(values, () => digest);
      return { store, gate, produce: submitFile({ file, finish: finishInWorker, ...release }) };
    });
    const look = (signal: AbortSignal) => followRound(node, taskId, signal);
    const isDone = ({ status }: SubmissionProgress) => values.wait !== true || status === 'revealed';
    const progress = await untilDone({ look, isDone, pollMs: values.pollMs, onEvent });
    const cid =
      progress.round === null ? null : ((await node.state.load({ taskId, round: progress.round }))?.cid ?? null);
    out.result('covey.submit/1', { taskId, ...progress, cid }, linesOf(progress, cid, values));
  },
});

type Options = Values<typeof options>;

async function readFileToSubmit({ model, update, adapter, map }: Options): Promise<MadeFile> {
  const given = [model, update, adapter].filter((path) => path !== undefined);
  const [path] = given;
  if (path === undefined || given.length > 1) {
    const expected = 'one of --model FILE, --update FILE and --adapter FOLDER';
    throw nodeError('CONFIG_INVALID', 'What is to be submitted?', { expected });
  }
  if (adapter !== undefined) return { ...(await readAdapterFile(adapter)), holds: 'adapter' };
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw nodeError('DATA_NOT_FOUND', `Cannot read ${path}.`, { cause });
  });
  return {
    bytes: new Uint8Array(bytes),
    holds: model === undefined ? 'update' : 'model',
    map: map === undefined ? undefined : await readJson(map, nameMapSchema, 'a map of tensors’ names'),
  };
}

/** Everything that is wrong with the file, before anything is staked for it. */
async function requireSubmittable(covey: CoveyChain, reader: ContentReader, values: Options, file: MadeFile) {
  const task = await readTaskDocument(reader, await readTask(covey, values.task));
  const { encoding, dpClip, dpNoise } = values;
  const privacy = dpClip === undefined && dpNoise === undefined ? undefined : {};
  if (file.holds === 'adapter') {
    const { byteLength } = finishAdapters({ core: await loadNodeCore(), task, file, encoding, privacy });
    await requireSize(covey, task, byteLength);
    return;
  }
  assertFinishable({ task, encoding, privacy });
  if (task.mode === 'arena' && file.holds === 'update') {
    const hint = 'Give the whole model with --model.';
    throw nodeError('CONFIG_INVALID', 'An arena takes models, not updates.', { expected: '--model FILE', hint });
  }
  readMadeFile(task, file);
  // Files of a task's models have one size.
  await requireSize(covey, task, 4 * parameterCount(task.architecture));
}

/** What travels must be within the policy's bound. */
async function requireSize(covey: CoveyChain, { architecture }: TaskDocument, least: number): Promise<void> {
  const { maxSubmissionBytes } = await readPolicy(covey);
  if (least <= submissionLimit(architecture, maxSubmissionBytes)) return;
  throw nodeError('CONFIG_INVALID', 'The policy takes no files as large as this one.', {
    expected: `at most ${maxSubmissionBytes} bytes`,
    got: `${least} bytes of weights`,
    hint: 'Federated updates can be written smaller with --encoding.',
  });
}

function linesOf(
  { status, round, seats, next, until }: SubmissionProgress,
  cid: string | null,
  values: Options,
): string[] {
  const by = until === null ? '' : say`, until ${new Date(until * 1000).toISOString()}`;
  const isOver = status === 'revealed';
  return [
    round === null
      ? status
      : seats > 0
        ? say`${status} in round ${round} with ${seats} seats`
        : say`${status} in round ${round}`,
    ...(cid === null ? [] : [say`submission ${cid}`]),
    say`next: ${next}${by}`,
    ...(isOver ? [] : [say`run the same command again then, or now with --wait; ${values.stateDir} must be kept`]),
  ];
}
