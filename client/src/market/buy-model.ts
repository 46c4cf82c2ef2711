import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import { readTask, readTaskDocument } from '../chain/read-task.ts';
import type { ContentReader } from '../content/content-store.ts';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import type { Sent } from '../chain/sender.ts';
import { listingStates, modelMarketAbi } from '@covey/contracts/abi';
import { cidFromChain, classCount, decodeEnum, modelFromBytes, type TaskDocument } from '@covey/protocol';
import { lossOf, networkLayout, type Core, type Inputs } from '@covey/wasm-core';
import type { Address } from 'viem';

import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

export interface ListingOnChain {
  listingId: bigint;
  taskId: bigint;
  creator: Address;
  /** CID of the model. */
  model: string;
  price: bigint;
  active: boolean;
}

export async function readListing(covey: CoveyChain, listingId: bigint): Promise<ListingOnChain> {
  const contract = { address: covey.deployment.modelMarket, abi: modelMarketAbi } as const;
  try {
    const count = await covey.publicClient.readContract({ ...contract, functionName: 'listingCount' });
    if (listingId < 1n || listingId > count) {
      throw clientError('LISTING_UNKNOWN', `There is no listing ${listingId}.`, {
        expected: count === 0n ? 'none yet' : `1 to ${count}`,
        got: String(listingId),
      });
    }
    const listing = await covey.publicClient.readContract({ ...contract, functionName: 'listing', args: [listingId] });
    const { taskId, seller, price } = listing;
    const active = decodeEnum(listingStates, listing.state) === 'active';
    return { listingId, taskId, creator: seller, model: cidFromChain(listing.model), price, active };
  } catch (cause) {
    throw chainError(cause, `reading listing ${listingId}`);
  }
}

/** Pays a listing's price; null when this account has a licence. */
export async function buyListing(
  covey: CoveyWriter,
  listing: ListingOnChain,
  onEvent: OnAction = ignoreActions,
): Promise<Sent | null> {
  const contract = { address: covey.deployment.modelMarket, abi: modelMarketAbi } as const;
  const licenceEnd = await covey.publicClient.readContract({
    ...contract,
    functionName: 'licenceEnd',
    args: [listing.listingId, covey.sender.address],
  });
  if (licenceEnd * 1000 > Date.now()) return null;
  await ensureAllowance(covey, covey.deployment.modelMarket, listing.price, onEvent);
  return await covey.sender.send({ ...contract, functionName: 'buy', args: [listing.listingId, listing.price] });
}

export interface FetchedModel {
  cid: string;
  bytes: Uint8Array;
  parameters: Float32Array;
  task: TaskDocument;
}

/** Fetches a model of a task by CID: every block is hashed here, and the tensors must be the architecture's. */
export async function fetchModel(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  cid: string,
): Promise<FetchedModel> {
  const task = await readTaskDocument(reader, await readTask(covey, taskId));
  const bytes = await reader.get(cid);
  const parameters = modelFromBytes(task.architecture, bytes, { maxBytes: bytes.byteLength });
  return { cid, bytes, parameters, task };
}

export interface Prediction {
  /** [rows][outputs]: probabilities of classes, or of tokens; where the task's loss is squared error, real numbers. */
  outputs: number[][];
  /** The most probable class of each row; none where outputs are real numbers. */
  classes: number[];
}

/** Runs a model on samples as the core takes them: a row of outputs each, or one a token. */
export function predict(
  core: Core,
  model: { parameters: Float32Array; task: Pick<TaskDocument, 'architecture'> },
  inputs: Inputs,
): Prediction {
  const { architecture } = model.task;
  const { layers } = architecture;
  const real = lossOf(networkLayout(layers), architecture.loss).targets === 'outputs';
  const flat = core[real ? 'outputs' : 'predict']({ layers, parameters: model.parameters, inputs });
  const width = classCount(architecture);
  const outputs = Array.from({ length: flat.length / width }, (_, row) =>
    Array.from(flat.subarray(row * width, (row + 1) * width)),
  );
  return { outputs, classes: real ? [] : outputs.map(largest) };
}

/** The lowest of equal ones. Not Math.max(…row), which takes no hundred thousand arguments. */
function largest(row: readonly number[]): number {
  return row.reduce((best, value, i) => (value > row[best]! ? i : best), 0);
}
