import {
  hostRegistryAbi,
  hostStates,
  inferenceChannelsAbi,
  type Deployment,
  type HostStateName,
} from '@covey/contracts/abi';
import { cidOrNull, cidToChain, decodeEnum } from '@covey/protocol';
import { MAX_OFFER_BYTES, decodeOffer, type Offer, type OfferedModel } from '@covey/protocol/inference';
import type { Address } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import type { Sent } from '../chain/sender.ts';
import { inTurns } from '../logs/rpc.ts';
import type { ContentReader } from '../content/content-store.ts';

/** What a host says of itself. */
export interface HostTerms {
  endpoint: string;
  /** CID of its `covey.offer/1`. */
  offer: string;
  signer: Address;
  capacity: number;
}

export interface HostOnChain extends Omit<HostTerms, 'offer'> {
  /** Null where it is a CID that Covey does not read: such a host serves nobody. */
  offer: string | null;
  node: Address;
  state: Exclude<HostStateName, 'none'>;
  /** Enlisted, and its own stake is worth what it has to keep. */
  serving: boolean;
  /** Wei that were bound when it enlisted. */
  bound: bigint;
  /** Until when cases about it can be opened, unix seconds; 0 while it is enlisted. */
  casesEnd: number;
  /** Stars out of 5, weighed by what was paid; null where nobody who paid rated. */
  rating: number | null;
}

const contract = (deployment: Pick<Deployment, 'hostRegistry'>) =>
  ({ address: deployment.hostRegistry, abi: hostRegistryAbi }) as const;

/** Hosts that are looked at, the newest of more. */
const MOST_HOSTS = 1_000;

/** Null for a node that never was one. */
export async function readHost(covey: CoveyChain, node: Address): Promise<HostOnChain | null> {
  const { deployment, publicClient } = covey;
  try {
    const [info, serving, rating] = await Promise.all([
      publicClient.readContract({ ...contract(deployment), functionName: 'host', args: [node] }),
      publicClient.readContract({ ...contract(deployment), functionName: 'isServing', args: [node] }),
      publicClient.readContract({
        address: deployment.inferenceChannels,
        abi: inferenceChannelsAbi,
        functionName: 'ratingOf',
        args: [node],
      }),
    ]);
    const state = decodeEnum(hostStates, info.state);
    if (state === 'none') return null;
    const { endpoint, offer, signer, capacity } = info.terms;
    const { bound, casesEnd } = info;
    return {
      ...{ node, state, serving, bound, casesEnd, endpoint, signer, capacity },
      offer: cidOrNull(offer),
      rating: rating.weight === 0n ? null : Number((rating.stars * 1000n) / rating.weight) / 1000,
    };
  } catch (cause) {
    throw chainError(cause, `reading the host ${node}`);
  }
}

/** Whether a host ever named this key as its signer: what it signed then counts against it still. */
export async function isHostSigner(
  covey: CoveyChain<'hostRegistry'>,
  node: Address,
  signer: Address,
): Promise<boolean> {
  try {
    return await covey.publicClient.readContract({
      ...contract(covey.deployment),
      functionName: 'isSigner',
      args: [node, signer],
    });
  } catch (cause) {
    throw chainError(cause, `reading the signers of the host ${node}`);
  }
}

export async function readHosts(covey: CoveyChain): Promise<HostOnChain[]> {
  const { deployment, publicClient } = covey;
  try {
    const count = Number(await publicClient.readContract({ ...contract(deployment), functionName: 'hostCount' }));
    const first = Math.max(0, count - MOST_HOSTS);
    const places = Array.from({ length: count - first }, (_, i) => BigInt(first + i));
    const hosts = await inTurns(places, async (place) =>
      readHost(
        covey,
        await publicClient.readContract({ ...contract(deployment), functionName: 'hostAt', args: [place] }),
      ),
    );
    return hosts.filter((host) => host !== null);
  } catch (cause) {
    throw chainError(cause, 'reading the hosts');
  }
}

/** A host that serves a model, and at which price. */
export interface ServingHost extends HostOnChain {
  document: Offer;
  model: OfferedModel;
}

/**
 * Hosts that serve a model, by its name in their offers or by the CID of its weights: the cheapest first, the better rated
 * of equal ones. A host whose offer cannot be had or read is left out: it is the host's to keep it there.
 */
export async function findHosts(covey: CoveyChain, reader: ContentReader, model: string): Promise<ServingHost[]> {
  const hosts = await readHosts(covey);
  const offers = await Promise.all(hosts.filter(({ serving }) => serving).map((host) => offering(reader, host, model)));
  return offers.filter((host) => host !== null).sort(byPrice);
}

/**
 * Refuses hosts that mean different models by one name, with MODEL_AMBIGUOUS: names are whatever hosts write, so the cheapest
 * may be a stranger's model. The CID of the weights says which is meant; with the same weights, the network can differ.
 */
export function requireOneModel(hosts: readonly ServingHost[], name: string): void {
  const meant = new Set(hosts.map(({ model }) => `${model.model} of the network ${model.network}`));
  if (meant.size < 2) return;
  throw clientError('MODEL_AMBIGUOUS', `Hosts mean ${meant.size} different models by ${name.slice(0, 128)}.`, {
    expected: 'one model, or one host',
    got: [...meant].slice(0, 4).join('; '),
  });
}

async function offering(reader: ContentReader, host: HostOnChain, name: string): Promise<ServingHost | null> {
  if (host.offer === null) return null;
  try {
    const document = decodeOffer(await reader.get(host.offer, { maxBytes: MAX_OFFER_BYTES, timeoutMs: 10_000 }));
    const model = document.models.find((one) => one.name === name || one.model === name);
    return model ? { ...host, document, model } : null;
  } catch {
    return null;
  }
}

/** Of a thousand requests, each for one run over all that the model sees. */
const priceOfThousand = ({ model: { request, thousand, window } }: ServingHost) =>
  1000n * BigInt(request) + BigInt(thousand) * BigInt(window);

function byPrice(a: ServingHost, b: ServingHost): number {
  const [x, y] = [priceOfThousand(a), priceOfThousand(b)];
  return x === y ? (b.rating ?? 0) - (a.rating ?? 0) : x < y ? -1 : 1;
}

const toChain = ({ endpoint, offer, signer, capacity }: HostTerms) => ({
  ...{ endpoint, signer, capacity },
  offer: cidToChain(offer),
});

export async function enlistHost(covey: CoveyWriter, terms: HostTerms): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'enlist', args: [toChain(terms)] });
}

export async function updateHost(covey: CoveyWriter, terms: HostTerms): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'update', args: [toChain(terms)] });
}

/** Binds what was allocated since. */
export async function renewHost(covey: CoveyWriter): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'renew', args: [] });
}

/** Serves no longer; its stake is free once no case can be opened. */
export async function resignHost(covey: CoveyWriter): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'resign', args: [] });
}

export async function releaseHost(covey: CoveyWriter, node: Address): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'release', args: [node] });
}
