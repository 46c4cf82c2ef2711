// The roles as they are played for the guides in docs/guides/roles, in the order in which they are played.

import { addresses, players, type Player, type Step } from './players.ts';
import { hostSteps, saleSteps } from './sale-steps.ts';

export const guideNames = ['creator', 'trainer', 'validator', 'delegator', 'delegate', 'buyer', 'host'] as const;
export type GuideName = (typeof guideNames)[number];

const init = (player: Player) =>
  `covey init --here --deployment ../.covey/dev/deployment.json --import-key ../.covey/dev/keys/${players[player]}.key --password-file password --keystore-dir . --state-dir state`;

const shown: readonly string[] = guideNames;

export const steps: readonly Step[] = [
  ...(Object.keys(players) as Player[]).map((as): Step => ({
    ...(shown.includes(as) ? { name: `${as}-init` } : {}),
    as,
    type: [init(as)],
  })),
  // The creator's draft, tried before it costs anything.
  { name: 'creator-data', as: 'creator', type: ['covey data inspect houses.csv'] },
  {
    name: 'creator-split',
    as: 'creator',
    type: ['covey data split houses.csv --target price --drop id --nodes 3 --validation 0.4 --out shards'],
  },
  {
    name: 'creator-draft',
    as: 'creator',
    type: [
      'covey task new --data shards/validation.safetensors --name Houses --rounds 1 --reward 2000 --licence CC-BY-4.0 --out task.json',
      'covey task check task.json',
    ],
  },
  {
    name: 'creator-simulate',
    as: 'creator',
    type: ['covey simulate task.json --data shards/shard-0.safetensors --nodes 4'],
  },
  {
    name: 'creator-propose',
    as: 'creator',
    type: ['covey task create task.json --keys keys.json', 'covey task fund --task 1 --amount 2000'],
  },
  // Votes, lent before the proposal is made.
  { name: 'delegate-lend', as: 'holder', type: [`covey delegate to --delegate ${addresses.delegate}`] },
  { as: 'holder-2', type: [`covey delegate to --delegate ${addresses.delegate}`] },
  { name: 'delegate-power', as: 'delegate', type: [`covey delegate show --address ${addresses.delegate}`] },
  {
    name: 'creator-vote',
    as: 'creator',
    type: ['covey proposal create --form task.approve --set taskId=1 --title "Approve task 1"'],
  },
  { name: 'delegate-read', as: 'delegate', type: ['covey proposal list', 'covey proposal simulate --proposal 0'] },
  {
    name: 'delegate-vote',
    as: 'delegate',
    type: ['covey proposal vote --proposal 0 --option yes'],
    then: 'vote passed',
  },
  { name: 'delegate-execute', as: 'delegate', type: ['covey proposal execute --proposal 0'] },
  // Nodes.
  { name: 'validator-doctor', as: 'validator', type: ['covey doctor --task 1'] },
  {
    name: 'validator-run',
    as: 'validator',
    type: ['covey validate --task 1 --stake 10000 --max-stake 10000'],
    daemon: true,
  },
  {
    as: 'validator-2',
    type: ['covey validate --task 1 --stake 10000 --max-stake 10000'],
    daemon: true,
    then: 'allocated',
  },
  { name: 'validator-commission', as: 'validator', type: ['covey stake commission --rate 0.2'] },
  {
    name: 'delegator-lend',
    as: 'delegator',
    type: [
      `covey stake show --node ${addresses.validator}`,
      `covey stake delegate --node ${addresses.validator} --amount 5000`,
    ],
  },
  { name: 'trainer-tasks', as: 'trainer', type: ['covey task list', 'covey task show --task 1'] },
  { name: 'trainer-data', as: 'trainer', type: ['covey data import mine.csv --task 1 --out mine.safetensors'] },
  ...(['trainer-2', 'trainer-3'] as const).map((as): Step => ({
    as,
    type: ['covey data import mine.csv --task 1 --out mine.safetensors'],
  })),
  {
    name: 'trainer-run',
    as: 'trainer',
    type: ['covey train --task 1 --data mine.safetensors --stake 2000 --max-stake 2000'],
    daemon: true,
  },
  ...(['trainer-2', 'trainer-3'] as const).map((as): Step => ({
    as,
    type: ['covey train --task 1 --data mine.safetensors --stake 2000 --max-stake 2000'],
    daemon: true,
    ...(as === 'trainer-3' && { then: 'allocated' }),
  })),
  {
    name: 'creator-run',
    as: 'creator',
    type: ['covey creator --task 1 --keys keys.json --trainers 3 --validators 2'],
    daemon: true,
    then: 'task completed',
  },
  // What came of it.
  { name: 'creator-end', as: 'creator', type: ['covey task refund --task 1'] },
  { name: 'creator-model', as: 'creator', type: ['covey predict --task 1 --input few.csv'] },
  ...saleSteps,
  ...hostSteps,
  { name: 'validator-verify', as: 'validator', type: ['covey verify --task 1 --round 0'] },
  { name: 'trainer-settle', as: 'trainer', type: ['covey settle --task 1 --round 0'] },
  { name: 'trainer-status', as: 'trainer', type: ['covey status', 'covey claim --task 1 --round 0 --release'] },
  {
    name: 'trainer-leave',
    as: 'trainer',
    type: ['covey stake unstake --amount 1000', 'covey stake withdraw'],
    exit: 5,
  },
  {
    name: 'delegator-earn',
    as: 'delegator',
    type: [
      `covey stake show --node ${addresses.validator} --owner 0x1BcB8e569EedAb4668e55145Cfeaf190902d3CF2`,
      `covey stake rewards --node ${addresses.validator}`,
    ],
  },
  {
    name: 'delegator-leave',
    as: 'delegator',
    type: [
      `covey stake unstake --node ${addresses.validator} --amount 5000`,
      `covey stake withdraw --node ${addresses.validator}`,
    ],
    exit: 5,
  },
  {
    name: 'delegate-replay',
    as: 'delegate',
    type: ['covey proposal replay --set trainerShare=700000000000000000'],
  },
  {
    name: 'delegate-lock',
    as: 'delegate',
    type: ['covey escrow lock --amount 1000000 --notice 90d', 'covey escrow show'],
  },
];
