import { bindingMessage, parseEnvelope, registerProposal, signEnvelope } from '@covey/governance';
import type { EnvelopeOf, SnapshotKind, SnapshotMessage } from '@covey/governance';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Address, Hex } from 'viem';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { read } from './world.ts';
import type { World } from './world.ts';

export type Bound = Deployment & { snapshotVoting: Address };

export const space = 'covey.eth';

export async function chainTime(world: World): Promise<number> {
  return Number((await world.anvil.publicClient.getBlock()).timestamp);
}

export async function advanceTo(world: World, timestamp: number): Promise<void> {
  const seconds = timestamp - (await chainTime(world));
  if (seconds > 0) await world.anvil.advance(seconds);
}

/** Signs a message with a test account and posts it to the server's hub. */
export async function say<kind extends SnapshotKind>(
  world: World,
  server: CoveyServer,
  { account, kind, message }: { account: number; kind: kind; message: Omit<SnapshotMessage<kind>, 'from'> },
): Promise<Hex> {
  const body = await signEnvelope(world.anvil.wallet(account), { kind, message });
  const response = await fetch(`${server.url}/snapshot`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { id: Hex; error_description?: string };
  if (!response.ok) throw new Error(`the hub refused: ${answer.error_description}`);
  return answer.id;
}

type Draft = Partial<Parameters<typeof bindingMessage>[0]>;

/** A proposal of account 1 on the hub that commits to actions; it starts in a minute. */
export async function announce(
  world: World,
  server: CoveyServer,
  { deployment, ...draft }: Draft & { deployment: Bound; actions: NonNullable<Draft['actions']> },
) {
  await server.caughtUp();
  const { timestamp, number } = await world.anvil.publicClient.getBlock();
  const start = Number(timestamp) + 60;
  const message = bindingMessage({
    deployment,
    space,
    author: world.anvil.wallet(1).account.address,
    title: 'A change',
    body: 'Why it is *good*',
    timestamp: start - 60,
    start,
    end: start + 3_600,
    snapshot: Number(number) - 1,
    ...draft,
  });
  const id = await say(world, server, { account: 1, kind: 'proposal', message });
  const register = () => registerProposal(world.anvil.covey(deployment, 1), { message, actions: draft.actions });
  const vote = (account: number, choice: number, at = message.start + 1) =>
    say(world, server, {
      account,
      kind: 'vote',
      message: { space, timestamp: at, proposal: id, choice, reason: '', app: '', metadata: '{}' },
    });
  return { id, message, register, vote };
}

/** What anyone can bring on chain, from the server's own list. */
export async function pendingVotes(server: CoveyServer, id: Hex): Promise<EnvelopeOf<'vote'>[]> {
  const { snapshotEnvelopes } = endpoints;
  const page = await read(server, snapshotEnvelopes, {
    params: { digest: id },
    query: { pending: 'true', limit: 100 },
  });
  return page.items.map((item) => parseEnvelope(item) as EnvelopeOf<'vote'>);
}
