import type { Address } from 'viem';
import type { ProposalType } from './proposal-types.ts';

/** The EIP-712 domain of every Snapshot message. It names no chain, so a signature costs nothing and fits any hub. */
export const snapshotDomain = { name: 'snapshot', version: '0.1.4' } as const;

const field = <const name extends string, const type extends string>(name: name, type: type) => ({ name, type });

const vote = <const type extends string>(choice: type) =>
  [
    field('from', 'string'),
    field('space', 'string'),
    field('timestamp', 'uint64'),
    field('proposal', 'string'),
    field('choice', choice),
    field('reason', 'string'),
    field('app', 'string'),
    field('metadata', 'string'),
  ] as const;

/**
 * What snapshot.js 0.17.5 signs, by the names that Snapshot's hubs give to the kinds of message. The order of the
 * fields is part of the hash. `vote` is for single-choice and basic proposals, `vote-array` for approval and ranked,
 * `vote-string` (JSON) for weighted, quadratic and shielded ones.
 */
export const snapshotTypes = {
  settings: {
    Space: [
      field('from', 'address'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
      field('settings', 'string'),
    ],
  },
  proposal: {
    Proposal: [
      field('from', 'string'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
      field('type', 'string'),
      field('title', 'string'),
      field('body', 'string'),
      field('discussion', 'string'),
      field('choices', 'string[]'),
      field('labels', 'string[]'),
      field('start', 'uint64'),
      field('end', 'uint64'),
      field('snapshot', 'uint64'),
      field('plugins', 'string'),
      field('privacy', 'string'),
      field('app', 'string'),
    ],
  },
  'update-proposal': {
    UpdateProposal: [
      field('proposal', 'string'),
      field('from', 'string'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
      field('type', 'string'),
      field('title', 'string'),
      field('body', 'string'),
      field('discussion', 'string'),
      field('choices', 'string[]'),
      field('labels', 'string[]'),
      field('plugins', 'string'),
      field('privacy', 'string'),
    ],
  },
  'flag-proposal': {
    FlagProposal: [
      field('from', 'string'),
      field('space', 'string'),
      field('proposal', 'string'),
      field('timestamp', 'uint64'),
    ],
  },
  'delete-proposal': {
    CancelProposal: [
      field('from', 'string'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
      field('proposal', 'string'),
    ],
  },
  vote: { Vote: vote('uint32') },
  'vote-array': { Vote: vote('uint32[]') },
  'vote-string': { Vote: vote('string') },
  follow: {
    Follow: [
      field('from', 'address'),
      field('network', 'string'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
    ],
  },
  unfollow: {
    Unfollow: [
      field('from', 'address'),
      field('network', 'string'),
      field('space', 'string'),
      field('timestamp', 'uint64'),
    ],
  },
  subscribe: { Subscribe: [field('from', 'address'), field('space', 'string'), field('timestamp', 'uint64')] },
  unsubscribe: { Unsubscribe: [field('from', 'address'), field('space', 'string'), field('timestamp', 'uint64')] },
  profile: { Profile: [field('from', 'address'), field('timestamp', 'uint64'), field('profile', 'string')] },
  statement: {
    Statement: [
      field('from', 'address'),
      field('timestamp', 'uint64'),
      field('space', 'string'),
      field('about', 'string'),
      field('statement', 'string'),
      field('discourse', 'string'),
      field('status', 'string'),
      field('network', 'string'),
    ],
  },
  alias: { Alias: [field('from', 'address'), field('alias', 'address'), field('timestamp', 'uint64')] },
  'delete-space': { DeleteSpace: [field('from', 'address'), field('space', 'string'), field('timestamp', 'uint64')] },
} as const;

export type SnapshotKind = keyof typeof snapshotTypes;
export const snapshotKinds = Object.keys(snapshotTypes) as SnapshotKind[];

interface FieldValues {
  string: string;
  address: Address;
  uint64: number;
  uint32: number;
  'string[]': string[];
  'uint32[]': number[];
}
export type FieldType = keyof FieldValues;

type FieldsOf<kind extends SnapshotKind> =
  (typeof snapshotTypes)[kind][keyof (typeof snapshotTypes)[kind]] extends infer fields extends readonly {
    name: string;
    type: string;
  }[]
    ? fields[number]
    : never;

/** The message of a kind, as JSON carries it: whole numbers are numbers, seconds since 1970 where they are times. */
export type SnapshotMessage<kind extends SnapshotKind> = {
  [f in FieldsOf<kind> as f['name']]: f['type'] extends FieldType ? FieldValues[f['type']] : never;
};

/** The choices that a basic proposal has, in this order. */
export const basicChoices = ['For', 'Against', 'Abstain'] as const;

/** Which message a vote on a proposal of that type is, when it is not shielded. */
export const voteKinds: Record<ProposalType, 'vote' | 'vote-array' | 'vote-string'> = {
  'single-choice': 'vote',
  basic: 'vote',
  approval: 'vote-array',
  'ranked-choice': 'vote-array',
  weighted: 'vote-string',
  quadratic: 'vote-string',
};
