import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeDataset, type Dataset } from '@covey/protocol';
import { cast, censors, copied, copier, garbageSender, liar, poisoner } from './cast.ts';
import { testKey } from './keys.ts';
import { Process } from './processes.ts';
import type { World } from './world.ts';

/** What a validator keeps at stake, in COVEY: what a slash takes, it stakes again. */
export const validatorStake = '25000';

const pollMs = '300';

/** What each address plays, for the summary; keys are in lower case. */
export function plays(world: World): Map<string, string> {
  const roles = new Map<string, string>();
  for (const [position, account] of cast.trainers.entries()) {
    roles.set(world.address(account).toLowerCase(), trainerRole(position));
  }
  for (const [position, account] of cast.validators.entries()) {
    roles.set(world.address(account).toLowerCase(), validatorRole(position));
  }
  return roles;
}

function validatorRole(position: number): string {
  if (position === liar) return 'liar';
  return censors.includes(position) ? 'censor' : 'honest validator';
}

function trainerRole(position: number): string {
  if (position === poisoner) return 'poisoner (label flip)';
  if (position === garbageSender) return 'sender of garbage';
  if (position === copier) return 'copier';
  return 'honest trainer';
}

/** Starts a training node for each, with its own shard, key and state: `covey train`, or one that misbehaves. */
export function startTrainers(world: World, taskId: bigint, shards: Dataset[]): Process[] {
  const stake = ['--stake', '5000', '--max-stake', '5000'];
  const victim = world.address(cast.trainers[copied] as number);
  return cast.trainers.map((account, position) => {
    const name = `trainer-${position}`;
    const dir = join(world.dir, name);
    mkdirSync(dir, { recursive: true });
    const data = join(dir, 'data.safetensors');
    writeFileSync(data, encodeDataset(shards[position] as Dataset));
    const attack = {
      [poisoner]: ['--attack', 'label-flip'],
      [garbageSender]: ['--attack', 'garbage'],
      [copier]: ['--attack', 'copy', '--copy-state', join(world.dir, `trainer-${copied}`), '--copy-node', victim],
    }[position];
    return participant(world, { name, account, taskId, attack, args: ['train', '--data', data, ...stake] });
  });
}

export function startValidators(world: World, taskId: bigint): Process[] {
  return cast.validators.map((_, position) => startValidator(world, taskId, position, position === liar));
}

export function startValidator(world: World, taskId: bigint, position: number, lies: boolean): Process {
  const account = cast.validators[position] as number;
  // The censors' friend is the poisoner: all others are to count for nothing.
  const friend = world.address(cast.trainers[poisoner] as number);
  const attack = lies
    ? ['--attack', 'lie']
    : censors.includes(position)
      ? ['--attack', 'censor', '--friends', friend]
      : undefined;
  const args = ['validate', '--stake', validatorStake, '--max-stake', validatorStake];
  return participant(world, { name: `validator-${position}`, account, taskId, attack, args });
}

interface Started {
  name: string;
  account: number;
  taskId: bigint;
  args: string[];
  /** How it misbehaves: `covey` itself cannot. */
  attack: string[] | undefined;
}

function participant(world: World, { name, account, taskId, args, attack }: Started): Process {
  return new Process(
    name,
    attack ? 'nodes/src/experiments/main.ts' : 'nodes/src/cli/main.ts',
    [
      ...args,
      ...(attack ?? []),
      ...['--task', String(taskId), '--poll-ms', pollMs, '--json', '--state-dir', join(world.dir, name)],
      ...['--rpc', world.chain.rpcUrl, '--deployment', world.deploymentFile, '--ipfs', world.server.url],
      ...['--beacon', world.beacon.url],
    ],
    { logDir: join(world.dir, 'logs'), env: { COVEY_PRIVATE_KEY: testKey(account) } },
  );
}
