import type { CoveyError } from '@covey/errors';
import { getAddress } from 'viem';
import type { Address } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { snapshotVoteTypes } from '@covey/contracts/abi/enums';
import type { SnapshotVoteTypeName } from '@covey/contracts/abi/enums';
import type { Action } from '../catalogue/action.ts';
import { governanceError } from '../errors.ts';
import { basicChoices } from '../snapshot/types.ts';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { checkText, twinChoices } from '@covey/protocol';
import { approvalWords, saysApproval } from './approval.ts';
import { hashActions } from './hash-actions.ts';
import { pluginsField } from './plugins-field.ts';

/** What Snapshot calls the types of proposals that the contract counts. Choice 1 approves in both. */
const snapshotNames = { singleChoice: 'single-choice', basic: 'basic' } as const satisfies Record<
  SnapshotVoteTypeName,
  string
>;

/** Types of Snapshot proposals that can bind, in the order of the contract's enum. */
export const bindingTypes = snapshotVoteTypes.map((name) => snapshotNames[name]);
export type BindingType = (typeof bindingTypes)[number];

export interface BindingMessageParameters {
  deployment: Pick<Deployment, 'chainId' | 'snapshotVoting'>;
  /** Id of the Snapshot space that the plugin counts, for instance covey.eth. */
  space: string;
  /** What the DAO does when choice 1 wins. */
  actions: readonly Action[];
  author: Address;
  title: string;
  body: string;
  /** Default: basic, with For, Against and Abstain. */
  type?: BindingType;
  /** For single choice: the first approves, and begins with a word that says so; all others are against. */
  choices?: readonly string[];
  /** With which words the first choice may begin; default: `approvalWords`. */
  approvalWords?: readonly string[];
  /** Unix seconds; a proposal has to be registered before its start. */
  start: number;
  end: number;
  /** Block at which votes are counted; past when the proposal is registered. */
  snapshot: number;
  /** Unix seconds; default: now. */
  timestamp?: number;
  discussion?: string;
  labels?: readonly string[];
  app?: string;
}

export type BindingMessageReturnType = SnapshotMessage<'proposal'>;

/** The Snapshot proposal whose result can be made to bind: sign it, post it to any hub, register it on chain. */
export function bindingMessage(parameters: BindingMessageParameters): BindingMessageReturnType {
  const { deployment, actions, type = 'basic', start, end } = parameters;
  const choices = parameters.choices ?? (type === 'basic' ? basicChoices : []);
  if (actions.length === 0) throw unbindable('it decides nothing', 'at least one action', actions);
  if (type === 'basic' ? choices.join() !== basicChoices.join() : choices.length < 2) {
    throw unbindable('its choices', type === 'basic' ? basicChoices : 'two or more choices', choices);
  }
  const { title, body } = parameters;
  checkBindingTexts({ title, body, choices }, parameters.approvalWords);
  if (start >= end) throw unbindable('it ends before it starts', 'start < end', { start, end });
  return {
    from: getAddress(parameters.author),
    space: parameters.space,
    timestamp: parameters.timestamp ?? Math.floor(Date.now() / 1000),
    type,
    title: parameters.title,
    body: parameters.body,
    discussion: parameters.discussion ?? '',
    choices: [...choices],
    labels: [...(parameters.labels ?? [])],
    start,
    end,
    snapshot: parameters.snapshot,
    plugins: pluginsField(deployment, hashActions(actions)),
    privacy: '',
    app: parameters.app ?? 'covey',
  };
}

/** What voters read of a binding proposal: nothing hidden, choices that differ, and a first one that says it approves. */
export function checkBindingTexts(
  { title, body, choices }: { title: string; body: string; choices: readonly string[] },
  words: readonly string[] = approvalWords,
): void {
  checkText('The title', title);
  checkText('The body', body, { lines: true });
  for (const [index, choice] of choices.entries()) checkText(`Choice ${index + 1}`, choice);
  const twins = twinChoices(choices);
  if (twins) throw unbindable(`choices ${twins.join(' and ')} look the same`, 'choices that differ', choices);
  const [first = ''] = choices;
  if (!saysApproval(first, words)) {
    throw unbindable(
      'choice 1 is the one that executes, and its name does not say that it approves',
      `choice 1 begins with one of ${words.join(', ')}`,
      first,
    );
  }
}

export const unbindable = (what: string, expected: unknown, got: unknown): CoveyError =>
  governanceError('GOV_NOT_BINDABLE', `The proposal cannot be made to bind: ${what}.`, { expected, got });
