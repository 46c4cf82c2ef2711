import { answerCasesAbi, hostRegistryAbi, inferenceChannelsAbi, inferenceDeskAbi } from '@covey/contracts/abi';
import {
  answerCaseKinds,
  answerCaseStates,
  channelStates,
  disputeVerdicts,
  hostStates,
  requestStates,
} from '@covey/contracts/abi/enums';
import { cidFromChain } from '@covey/protocol';
import { sha256, zeroAddress, zeroHash } from 'viem';
import { expect } from 'vitest';
import type { CoveyServer } from '../app.ts';
import { endpoints } from '../schema/index.ts';
import { read, succeeds } from './world.ts';
import type { World } from './world.ts';

/** Compares what the API says of hosts, channels, cases and requests with what the contracts answer at the same block. */
export async function expectHostsAsOnChain(world: World, server: CoveyServer): Promise<void> {
  await server.caughtUp();
  await expectHosts(world, server);
  await expectChannels(world, server);
  await expectCases(world, server);
  await expectRequests(world, server);
}

async function expectHosts({ deployment, anvil }: World, server: CoveyServer): Promise<void> {
  const registry = { address: deployment.hostRegistry, abi: hostRegistryAbi } as const;
  const client = anvil.publicClient;
  const { items, total } = await read(server, endpoints.hosts, { query: { limit: 100 } });
  expect(BigInt(total)).toBe(await client.readContract({ ...registry, functionName: 'hostCount' }));
  for (const found of items) {
    const args = [found.address] as const;
    const kept = await client.readContract({ ...registry, functionName: 'host', args });
    const { stars, weight, channels } = await client.readContract({
      address: deployment.inferenceChannels,
      abi: inferenceChannelsAbi,
      functionName: 'ratingOf',
      args,
    });
    expect({
      ...found.stake,
      ...found.rating,
      state: found.state,
      serving: found.serving,
      casesEnd: found.casesEnd ?? 0,
      enlistedAt: found.enlistedAt,
      offer: found.offer.cid,
      signer: found.signer,
      capacity: found.capacity,
    }).toEqual({
      ratio: `${kept.ratio}`,
      bound: `${kept.bound}`,
      own: `${await client.readContract({ ...registry, functionName: 'ownBound', args })}`,
      minimum: `${kept.minimum}`,
      stars: weight === 0n ? null : `${(stars * 10n ** 18n) / weight}`,
      weight: `${weight}`,
      channels,
      state: hostStates[kept.state],
      serving: await client.readContract({ ...registry, functionName: 'isServing', args }),
      casesEnd: (await client.readContract({ ...registry, functionName: 'isAccusable', args })) ? kept.casesEnd : 0,
      enlistedAt: kept.enlistedAt,
      offer: cidFromChain(kept.terms.offer),
      signer: kept.terms.signer,
      capacity: kept.terms.capacity,
    });
  }
}

async function expectChannels({ deployment, anvil }: World, server: CoveyServer): Promise<void> {
  const contract = { address: deployment.inferenceChannels, abi: inferenceChannelsAbi } as const;
  const { items } = await read(server, endpoints.channels, { query: { limit: 100 } });
  let held = 0n;
  for (const found of items) {
    const kept = await anvil.publicClient.readContract({
      ...{ ...contract, functionName: 'channelInfo' },
      args: [found.id],
    });
    const { payer, host, signer, state, closeAt, deposit, redeemed } = found;
    expect({ payer, host, signer, state, closeAt: closeAt ?? 0, deposit, redeemed }).toEqual({
      ...{ payer: kept.payer, host: kept.host, signer: kept.signer, state: channelStates[kept.state] },
      ...{ closeAt: kept.closeAt, deposit: `${kept.deposit}`, redeemed: `${kept.redeemed}` },
    });
    held += BigInt(deposit) - BigInt(redeemed) - BigInt(found.returned ?? 0);
  }
  expect(held).toBe(await anvil.publicClient.readContract({ ...contract, functionName: 'held' }));
}

async function expectCases(world: World, server: CoveyServer): Promise<void> {
  const { deployment, anvil } = world;
  const court = { address: deployment.answerCases, abi: answerCasesAbi } as const;
  const { items } = await read(server, endpoints.answerCases, { query: { limit: 100 } });
  expect(BigInt(items.length)).toBe(await anvil.publicClient.readContract({ ...court, functionName: 'caseCount' }));
  for (const found of items) {
    const args = [BigInt(found.id)] as const;
    const kept = await anvil.publicClient.readContract({ ...court, functionName: 'answerCase', args });
    expect([
      ...[found.host, found.reporter ?? zeroAddress, found.contester ?? zeroAddress, found.kind, found.state],
      ...[found.end ?? 0, found.ratio, found.bond, found.taken, found.toReporter],
      ...[BigInt(found.toReporter) + BigInt(found.toTreasury), found.output ?? zeroHash, found.requestId ?? '0'],
      found.evidenceCid,
    ]).toEqual([
      ...[kept.node, kept.reporter, kept.contester, answerCaseKinds[kept.kind], answerCaseStates[kept.state]],
      ...[kept.end, `${kept.ratio}`, `${kept.bond}`, `${kept.taken}`, `${kept.toReporter}`],
      ...[kept.collected, kept.output, `${kept.requestId}`],
      kept.evidence.digest === zeroHash ? null : cidFromChain(kept.evidence),
    ]);
    expect(found.next === 'execute').toBe(await succeeds(world, court, 'execute', args));
    expect(found.next === 'lapse').toBe(await succeeds(world, court, 'lapse', args));
  }
}

async function expectRequests(world: World, server: CoveyServer): Promise<void> {
  const { deployment, anvil } = world;
  const desk = { address: deployment.inferenceDesk, abi: inferenceDeskAbi } as const;
  const { items } = await read(server, endpoints.inferenceRequests, { query: { limit: 100 } });
  expect(BigInt(items.length)).toBe(await anvil.publicClient.readContract({ ...desk, functionName: 'requestCount' }));
  let held = 0n;
  for (const found of items) {
    const args = [BigInt(found.id)] as const;
    const kept = await anvil.publicClient.readContract({ ...desk, functionName: 'request', args });
    const { answer, dispute, ruling, delivery } = found;
    const delivered = ruling?.verdict === 'disputerRight' ? dispute?.output : answer?.output;
    expect([
      ...[found.asker, found.host ?? zeroAddress, found.state, found.fee, found.model, found.scorer, found.callbackGas],
      ...[answer?.host ?? zeroAddress, delivered === undefined ? zeroHash : sha256(delivered), found.disputeWindow],
      ...[dispute?.disputer ?? zeroAddress, dispute === null ? zeroHash : sha256(dispute.output), dispute?.bond ?? '0'],
      found.inputBytes === null ? found.inputCid : sha256(found.inputBytes),
      found.end,
    ]).toEqual([
      ...[kept.asker, kept.host, requestStates[kept.state], `${kept.fee}`, kept.model, kept.scorer, kept.callbackGas],
      ...[kept.node, kept.output, kept.disputeWindow],
      ...[kept.disputer, kept.disputed, `${kept.bond}`],
      found.inputBytes === null ? cidFromChain(kept.input) : kept.input.digest,
      kept.end,
    ]);
    if (delivery !== null) {
      expect(BigInt(delivery.amount) + BigInt(delivery.fee)).toBe(kept.fee);
      expect(delivery.payee).toBe(kept.payee);
    }
    expect(ruling === null || disputeVerdicts.includes(ruling.verdict)).toBe(true);
    expect(found.next === 'refund').toBe(await succeeds(world, desk, 'refund', args));
    const output = delivered ?? '0x00';
    expect(found.next === 'deliver').toBe(await succeeds(world, desk, 'deliver', [...args, output]));
    const over = ['delivered', 'refunded'].includes(found.state);
    held += (over ? 0n : kept.fee) + (found.state === 'disputed' ? kept.bond : 0n);
  }
  expect(held).toBe(await anvil.publicClient.readContract({ ...desk, functionName: 'held' }));
}
