import { join } from 'node:path';
import { allocate, stake } from '@covey/client';
import { freePort, type CoveyProcess } from '@covey/nodes/testing';
import { ONE } from '@covey/protocol';
import { parseEther, type Address } from 'viem';
import { covey, startDaemon } from '../commands.ts';
import type { World } from '../world.ts';

/** What each host stakes, all of it for hosting. */
export const hostStake = parseEther('20000');

export interface Serving {
  account: number;
  node: Address;
  daemon: CoveyProcess;
}

/** One that serves what it offers, and one that does not. */
export interface OfBoth<T> {
  honest: T;
  liar: T;
}

export interface ServingOptions {
  account: number;
  taskId: bigint;
  /** COVEY for a request. */
  price: string;
  /** Byte of the model's file that it flips a bit of, where it lies. */
  flips?: number;
}

/** Stakes, writes an offer for a task's newest model, enlists and serves it: by commands, as a host's owner would. */
export async function startServing(world: World, { account, taskId, price, flips }: ServingOptions): Promise<Serving> {
  const owner = world.account(account);
  await stake(owner, hostStake);
  await allocate(owner, { taskId: 0n, role: 'host', ratio: ONE });
  await world.chain.advance(1);
  const dir = join(world.dir, `host-${account}`);
  const offer = ['--offer', `${dir}.json`];
  const cost = ['--price', price, '--per-thousand', '0'];
  await covey(world, account, ['host', 'offer', '--task', String(taskId), ...cost, '--out', `${dir}.json`]);
  const listen = `127.0.0.1:${await freePort()}`;
  await covey(world, account, ['host', 'enlist', ...offer, '--endpoint', `http://${listen}`]);
  const serve = [...offer, '--listen', listen, '--state-dir', dir];
  const daemon =
    flips === undefined
      ? startDaemon(world, account, ['host', 'serve', ...serve])
      : startDaemon(world, account, ['host', '--attack', 'flip', '--byte', String(flips), ...serve], 'experiments');
  await daemon.event('host-serving');
  return { account, node: owner.sender.address, daemon };
}
