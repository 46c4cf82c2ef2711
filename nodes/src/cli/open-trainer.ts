import type { ContentStore, CoveyWriter } from '@covey/client';
import { isAddress, type Address } from 'viem';
import { z } from 'zod';
import type { OnEvent } from '../events.ts';
import { TrainerNode, type TrainerOptions } from '../trainer/trainer-node.ts';
import { limitsOf, participantOptions, readJson } from './context.ts';
import { optional, type Values } from './define-command.ts';
import type {
  AccountOptions,
  BeaconOptions,
  ContentOptions,
  LimitOptions,
  officeOptions,
  StateOptions,
} from './options.ts';

export const admissionOption = {
  admission: optional('--admission <file>', 'the JSON list of nodes that a task admits which admits some alone'),
};

type Options = AccountOptions &
  BeaconOptions &
  ContentOptions &
  LimitOptions &
  StateOptions &
  Values<typeof officeOptions> &
  Values<typeof admissionOption> & { maxTrainingTime?: number | undefined };

/** What a training node submits, and who counts it. */
export type TrainerRole = (
  covey: CoveyWriter,
  store: ContentStore,
) => Promise<Pick<TrainerOptions, 'produce' | 'store' | 'gate'>>;

/** What a training node is made from. */
interface Services {
  covey: CoveyWriter;
  store: ContentStore;
  onEvent: OnEvent;
}

export async function openTrainer(options: Options, services: Services, role: TrainerRole): Promise<TrainerNode> {
  const { covey, store, onEvent } = services;
  return new TrainerNode({
    ...participantOptions(options),
    ...{ covey, onEvent },
    limits: limitsOf(options, options.maxTrainingTime),
    ...(await admittedNodes(options.admission)),
    ...(await role(covey, store)),
  });
}

async function admittedNodes(file: string | undefined): Promise<Pick<TrainerOptions, 'admitted'>> {
  if (file === undefined) return {};
  return { admitted: await readJson(file, z.array(addressSchema), 'a JSON list of addresses') };
}

const addressSchema = z.custom<Address>((value) => typeof value === 'string' && isAddress(value, { strict: false }));
