import { fetchModel, readBase, readDataDescription, readRoundCount, readTask, readTaskDocument } from '@covey/client';
import { fetchTokenizer } from '@covey/client/inference';
import { tokenizerTokens, type TextTokens } from '@covey/protocol/inference';
import {
  modelFromBytes,
  modelLimit,
  requireDescribed,
  vocabularyOf,
  type Architecture,
  type DataDescription,
} from '@covey/protocol';
import { z } from 'zod';
import { architectureSchema } from '@covey/protocol';
import { nodeError } from '../../errors.ts';
import { openTokenizer } from '../../models/tokenizer-files.ts';
import { openChain, openReader, readJson } from '../context.ts';
import { readData, readDescription } from '../dataset-file.ts';
import type { ChainOptions, ReaderOptions } from '../options.ts';

export interface PredictionModel {
  taskId: bigint | null;
  /** Its CID, or the file that it came from. */
  model: string;
  architecture: Architecture;
  parameters: Float32Array;
  /** How inputs become samples, and what outputs mean; undefined where nobody says it. */
  description: DataDescription | undefined;
  /** How texts are its tokens; undefined where a tokenizer does not say it. */
  text?: TextTokens;
}

type Options = ChainOptions &
  ReaderOptions & {
    task: bigint | undefined;
    cid: string | undefined;
    model: string | undefined;
    draft: string | undefined;
    like: string | undefined;
    tokenizer?: string | undefined;
  };

/** The model that a command is to run: a task's newest or another by its CID, or a file of the caller's. */
export async function modelOf(options: Options): Promise<PredictionModel> {
  const { task, draft, like } = options;
  if ((task === undefined) === (draft === undefined))
    throw nodeError('CONFIG_INVALID', 'A prediction needs to know the network.', {
      expected: 'either --task ID, or --draft FILE with --model FILE',
    });
  const found = task === undefined ? await ownModel(draft!, options.model) : await modelOfTask(task, options);
  if (like === undefined) return await withText(found, options);
  const description = await readDescription(like);
  requireDescribed(found.architecture, description);
  return await withText({ ...found, description }, options);
}

/** By the tokenizer that is given, else by that of the description, from where content is read. */
async function withText(model: PredictionModel, options: Options): Promise<PredictionModel> {
  const { description, architecture } = model;
  const named = description?.kind === 'text' && description.tokens !== 'bytes' ? description.tokens : undefined;
  if (options.tokenizer === undefined && !named) return model;
  const opened = options.tokenizer === undefined ? undefined : await openTokenizer(options.tokenizer);
  if (opened && description?.kind === 'text' && opened.cid !== named?.tokenizer)
    throw nodeError('CONFIG_INVALID', 'The description names another tokenizer.', {
      expected: named?.tokenizer ?? 'none: its text is bytes',
      got: opened.cid,
    });
  const tokenizer = opened?.tokenizer ?? (await fetchTokenizer(openReader(options), named!.tokenizer));
  const vocabulary = vocabularyOf(architecture) ?? 0;
  if (tokenizer.vocabulary > vocabulary)
    throw nodeError('CONFIG_INVALID', 'The tokenizer has more tokens than the model.', {
      expected: `at most ${vocabulary}`,
      got: `${tokenizer.vocabulary}`,
    });
  return { ...model, text: tokenizerTokens(tokenizer) };
}

/** A draft, a task document, anything else that says what its network is; or the network alone, as `model import` writes it. */
const withArchitecture = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && 'layers' in value ? { architecture: value } : value),
  z.looseObject({ architecture: architectureSchema }),
);

async function ownModel(draft: string, file: string | undefined): Promise<PredictionModel> {
  if (file === undefined)
    throw nodeError('CONFIG_INVALID', 'A prediction needs weights.', { expected: '--model FILE with --draft' });
  const { architecture } = await readJson(draft, withArchitecture, 'a draft or document with an architecture');
  const parameters = await parametersOf(file, architecture);
  return { taskId: null, model: file, architecture, parameters, description: undefined };
}

async function parametersOf(file: string, architecture: Architecture): Promise<Float32Array> {
  const maxBytes = modelLimit(architecture);
  return modelFromBytes(architecture, await readData(file, maxBytes), { maxBytes });
}

async function modelOfTask(taskId: bigint, options: Options): Promise<PredictionModel> {
  const covey = await openChain(options);
  const reader = openReader(options);
  const document = await readTaskDocument(reader, await readTask(covey, taskId));
  const { architecture, initialModel } = document;
  const description = options.like === undefined ? await readDataDescription(reader, document) : undefined;
  if (options.model !== undefined) {
    const parameters = await parametersOf(options.model, architecture);
    return { taskId, model: options.model, architecture, parameters, description };
  }
  const cid = options.cid ?? (await readBase(covey, taskId, await readRoundCount(covey, taskId), initialModel));
  const { parameters } = await fetchModel(covey, reader, taskId, cid);
  return { taskId, model: cid, architecture, parameters, description };
}
