import type { Deployment } from '@covey/contracts/abi/deployment';
import { votingPower } from '@covey/governance';
import type { Address, Hex } from 'viem';
import { FollowedHub } from './followed-hub.ts';
import type { FollowedHubOptions } from './followed-hub.ts';
import { Hub } from './hub.ts';
import type { HubOptions } from './hub.ts';
import { isHolder, pluginSpace } from './on-chain.ts';
import type { HubReader } from './types.ts';

/** Somebody else's hub, for instance Snapshot's own. */
export interface OutsideHub {
  /** URL that clients post signed messages to. */
  sequencer: string;
  /** URL of the GraphQL endpoint. */
  graphql: string;
  /** Base URL of a trustless IPFS gateway that has the hub's messages, without `/ipfs`. */
  gateway: string;
}

export interface SnapshotOptions {
  /** Id of the space; default covey.eth. */
  space?: string | undefined;
  /** Accounts that may flag proposals on the embedded hub; default: none. */
  moderators?: readonly Address[] | undefined;
  /** Where the space's messages come from and go to; default: the embedded hub. */
  outside?: OutsideHub | undefined;
}

export interface OpenHubOptions
  extends
    Pick<HubOptions, 'directory' | 'ipfs' | 'client' | 'now' | 'head' | 'refresh'>,
    Pick<FollowedHubOptions, 'pollMs' | 'logger'> {
  snapshot: SnapshotOptions;
  deployment: Deployment;
  /** Called with the proposals that new messages are about. */
  changed(proposals: Hex[]): void;
}

export interface OpenedHub {
  hub: HubReader;
  /** The embedded hub, which takes messages in. */
  intake: Hub | undefined;
  close(): Promise<void>;
}

const DEFAULT_SPACE = 'covey.eth';

/** The embedded hub, or an outside one that is followed. */
export async function openHub(options: OpenHubOptions): Promise<OpenedHub> {
  const { snapshot, deployment, client, changed } = options;
  const { space = DEFAULT_SPACE, moderators, outside } = snapshot;
  const counting = {
    space,
    power: (address: Address, block: number) =>
      votingPower({ publicClient: client, token: deployment.token, address, block }),
    now: options.now,
    head: options.head,
  };
  if (outside !== undefined) {
    const { ipfs, pollMs, logger } = options;
    const { graphql, gateway } = outside;
    const hub = new FollowedHub({ ...counting, graphql, gateway, ipfs, client, pollMs, logger, changed });
    hub.start();
    return { hub, intake: undefined, close: () => hub.close() };
  }
  const hub = new Hub({
    ...counting,
    directory: options.directory,
    ipfs: options.ipfs,
    client,
    moderators,
    chainId: deployment.chainId,
    isHolder: (address) => isHolder(client, deployment.token, address),
    pluginSpace: (plugin) => pluginSpace(client, plugin),
    refresh: options.refresh,
    accepted: (_kind, proposal) => changed(proposal === undefined ? [] : [proposal]),
  });
  await hub.open();
  return { hub, intake: hub, close: () => hub.close() };
}

/** All of its addresses or none: half an outside hub would show one and post to another. */
export function outsideHub(urls: Partial<OutsideHub>): OutsideHub | undefined {
  const { sequencer, graphql, gateway } = urls;
  if (sequencer === undefined && graphql === undefined && gateway === undefined) return undefined;
  if (sequencer === undefined || graphql === undefined || gateway === undefined)
    throw new Error('an outside Snapshot hub needs its sequencer, its graphql and a gateway');
  return { sequencer, graphql, gateway };
}
