import { collectSlashes, executeCases } from '@covey/client';
import {
  creator,
  hour,
  playedPolicy,
  playTask,
  stranger,
  taskId,
  trainers,
  validators,
} from '@covey/client/testing/played-task';
import type { PlayedTask } from '@covey/client/testing/played-task';
import { memoryStore, quartersTask } from '@covey/client/testing';
import { createProposal, execute, setMultiplier, vote } from '@covey/governance';
import { testBeacon } from '@covey/governance/testing';
import { encodeTaskDocument } from '@covey/protocol';
import type { SummarisedResult, TaskDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { create } from 'kubo-rpc-client';
import { numberToHex, parseEther } from 'viem';
import type { Hex } from 'viem';
import type { CoveyServer } from '../app.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

/** A task document that no round is played of. */
export function taskDocument(): Promise<TaskDocument> {
  const keys = [1n, 2n, 3n].map((n) => numberToHex(n, { size: 32 }));
  return quartersTask(memoryStore(), keys, 3_600);
}

/** A world whose first task can be played: approved and funded, its nodes staked. */
export async function createPlayedWorld(): Promise<{ world: World; played: PlayedTask }> {
  const core = await loadNodeCore();
  const world = await createWorld({ scorer: core.sha256 as Hex, policy: playedPolicy });
  const { anvil, deployment } = world;
  return { world, played: await playTask({ anvil, deployment, core, sign: (round) => testBeacon.sign(round) }) };
}

/** Brings a document to the server's IPFS node; its CID. */
export async function publish(server: CoveyServer, bytes: Uint8Array): Promise<string> {
  const cid = await create({ url: server.url }).block.put(bytes, { format: 'dag-json', mhtype: 'sha2-256' });
  return cid.toString();
}

/** TokenVoting decides on the task's weight in the emission, after its document was published. */
export async function voteOnTask(world: World, server: CoveyServer, played: PlayedTask): Promise<void> {
  const { deployment, anvil } = world;
  await publish(server, encodeTaskDocument(played.document));
  const about = { title: 'Weight of Quarters', summary: 'Task 1', description: 'It is **good**.', resources: [] };
  const metadata = await create({ url: server.url }).add(JSON.stringify(about));
  const { proposalId } = await createProposal(anvil.covey(deployment, 0), {
    metadata: `ipfs://${metadata.cid}`,
    actions: [setMultiplier(deployment, { taskId, multiplier: parseEther('0.5') })],
    vote: 'yes',
  });
  for (const account of [1, 2, 3]) {
    await vote(anvil.covey(deployment, account), { proposalId, option: account === 3 ? 'no' : 'yes' });
  }
  await anvil.advance(3_700);
  await execute(anvil.covey(deployment, 4), { proposalId });
}

/** The last validator lacks the second submission, and reveals another result. Ends with the accepted result. */
export async function playRound(world: World, server: CoveyServer, played: PlayedTask): Promise<SummarisedResult> {
  const [a, b, liar] = validators;
  await played.playToReveals(0);
  await played.round(0, 0).draw(played.beacon);
  await played.attestAll(0, new Map([[liar, 2n]]));
  await openShard(world, played, 0);
  const result = await played.score(0);
  const lie = await played.otherResult(result);
  await publish(server, result.bytes);
  await played.revealResults(0, [
    [a, result],
    [b, result],
    [liar, lie],
  ]);
  await played.round(0, 0).accept();
  return result;
}

/** Publishes the round's key, and lets its window pass. */
export async function openShard(world: World, played: PlayedTask, round: number): Promise<void> {
  await played.round(creator, round).publishKey(played.keys[round] as Hex);
  await world.anvil.advance(hour);
}

/** Finalizes the first round, pays everybody, and takes from the liar what its case takes. */
export async function settleRound(world: World, played: PlayedTask): Promise<void> {
  await world.anvil.advance(90_000);
  const at = played.round(0, 0);
  await at.finalize();
  await at.openClaims();
  for (const account of [...trainers, ...validators]) await at.claim(played.address(account));
  await played.round(stranger, 0).openCases();
  await world.anvil.advance(260_000);
  const covey = world.anvil.covey(world.deployment, stranger);
  await executeCases({ covey });
  await collectSlashes({ covey });
}
