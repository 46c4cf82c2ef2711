import { basicChoices, proposalTypes, saysApproval } from '@covey/governance';
import type { ProposalType } from '@covey/governance';
import { choiceKey, findHidden, isVisible } from '@covey/protocol/text';

/** Where a proposal is decided: on chain, by signed messages that bind the DAO, or by signed messages that bind nobody. */
export const targets = ['tokenVoting', 'snapshotBinding', 'snapshotSignal'] as const;
export type Target = (typeof targets)[number];

/** One chosen form with what was typed into it; texts, as the form's parser takes them. */
export interface DraftCall {
  /** Tells calls apart while they move; nothing else. */
  key: number;
  kind: string;
  values: Record<string, string>;
}

export interface DraftLink {
  name: string;
  url: string;
}

/** A proposal that is being written. Plain JSON, so that it outlives the page. */
export interface Draft {
  calls: DraftCall[];
  title: string;
  summary: string;
  /** Markdown. */
  description: string;
  links: DraftLink[];
  target: Target;
  /** Days of voting, as typed. */
  days: string;
  /** Hours until a binding Snapshot vote starts, as typed: it is registered on chain before. */
  startsIn: string;
  /** For Snapshot votes; a binding one is basic or single-choice. */
  type: ProposalType;
  choices: string[];
}

/** Characters; the hub's own limits for title and body, and what a list of proposals has room for. */
export const textLimits = { title: 256, summary: 500, description: 10_000, choice: 256, link: 2_000 } as const;
export const maxChoices = 100;
export const maxLinks = 10;
export const maxCalls = 16;

export const emptyDraft = (): Draft => ({
  calls: [],
  title: '',
  summary: '',
  description: '',
  links: [],
  target: 'tokenVoting',
  days: '',
  startsIn: '1',
  type: 'basic',
  choices: ['', ''],
});

export const isEmptyDraft = (draft: Draft): boolean => JSON.stringify(draft) === JSON.stringify(emptyDraft());

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : fallback);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const oneOf = <const T extends string>(value: unknown, known: readonly T[], fallback: T): T =>
  known.find((item) => item === value) ?? fallback;

/** Reads a stored draft; what does not fit (an older version of the page wrote it, or a hand) is left out. */
export function parseDraft(stored: unknown): Draft {
  const empty = emptyDraft();
  if (!isRecord(stored)) return empty;
  const calls = list(stored['calls']).filter(isRecord).slice(0, maxCalls);
  const choices = list(stored['choices']).map((choice) => text(choice));
  return {
    calls: calls
      .filter((call) => typeof call['kind'] === 'string')
      .map((call, key) => ({ key, kind: text(call['kind']), values: texts(call['values']) })),
    title: text(stored['title']),
    summary: text(stored['summary']),
    description: text(stored['description']),
    links: list(stored['links'])
      .filter(isRecord)
      .slice(0, maxLinks)
      .map((link) => ({ name: text(link['name']), url: text(link['url']) })),
    target: oneOf(stored['target'], targets, empty.target),
    days: text(stored['days']),
    startsIn: text(stored['startsIn'], empty.startsIn),
    type: oneOf(stored['type'], proposalTypes, empty.type),
    choices: choices.length >= 2 ? choices.slice(0, maxChoices) : empty.choices,
  };
}

function texts(values: unknown): Record<string, string> {
  if (!isRecord(values)) return {};
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Appends a call; `values` prefill its form. */
export function addCall(draft: Draft, kind: string, values: Record<string, string> = {}): DraftCall {
  const key = 1 + Math.max(-1, ...draft.calls.map((call) => call.key));
  const call = { key, kind, values: { ...values } };
  draft.calls.push(call);
  return call;
}

/** Calls run in their order, so moving one changes what the proposal does. */
export function moveCall(draft: Draft, key: number, by: -1 | 1): void {
  const from = draft.calls.findIndex((call) => call.key === key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= draft.calls.length) return;
  const [call] = draft.calls.splice(from, 1);
  draft.calls.splice(to, 0, call as DraftCall);
}

export function removeCall(draft: Draft, key: number): void {
  draft.calls = draft.calls.filter((call) => call.key !== key);
}

/** The choices that voters get: those of a basic vote are fixed. */
export const draftChoices = (draft: Draft): string[] =>
  draft.type === 'basic' ? [...basicChoices] : draft.choices.map((choice) => choice.trim());

export type TextProblem = 'empty' | 'tooLong' | 'badLink' | 'twice' | 'tooFew' | 'hidden' | 'noApproval';

/** What is wrong with the texts, by where: `title`, `links.0`, `choices.1`, … */
export function textProblems(draft: Draft): Record<string, TextProblem> {
  const problems: Record<string, TextProblem> = {};
  if (!isVisible(draft.title)) problems['title'] = 'empty';
  for (const name of ['title', 'summary', 'description'] as const) {
    if (draft[name].length > textLimits[name]) problems[name] = 'tooLong';
    else if (findHidden(draft[name], { lines: name !== 'title' })) problems[name] ??= 'hidden';
  }
  for (const [index, { name, url }] of draft.links.entries()) {
    if (!isLink(url)) problems[`links.${index}`] = 'badLink';
    else if (name.length + url.length > textLimits.link) problems[`links.${index}`] = 'tooLong';
    else if (findHidden(name + url)) problems[`links.${index}`] = 'hidden';
  }
  return problems;
}

/** What is wrong with the choices of a Snapshot vote; a basic one has none of its own. */
export function choiceProblems(draft: Draft): Record<string, TextProblem> {
  const problems: Record<string, TextProblem> = {};
  if (draft.type === 'basic') return problems;
  const choices = draftChoices(draft);
  const keys = choices.map(choiceKey);
  if (choices.length < 2) problems['choices'] = 'tooFew';
  for (const [index, choice] of choices.entries()) {
    if (keys[index] === '') problems[`choices.${index}`] = 'empty';
    else if (choice.length > textLimits.choice) problems[`choices.${index}`] = 'tooLong';
    else if (findHidden(choice)) problems[`choices.${index}`] = 'hidden';
    else if (keys.indexOf(keys[index] ?? '') < index) problems[`choices.${index}`] = 'twice';
    else if (index === 0 && draft.target === 'snapshotBinding' && !saysApproval(choice))
      problems['choices.0'] = 'noApproval';
  }
  return problems;
}

const isLink = (url: string): boolean => {
  try {
    return ['https:', 'http:', 'ipfs:'].includes(new URL(url.trim()).protocol);
  } catch {
    return false;
  }
};

/** The metadata document of a TokenVoting proposal, in the form that Aragon's interface reads. */
export const metadataOf = (draft: Draft) => ({
  title: draft.title.trim(),
  summary: draft.summary.trim(),
  description: draft.description.trim(),
  resources: draft.links.map(({ name, url }) => ({ name: name.trim() || url.trim(), url: url.trim() })),
});

/** The body of a Snapshot proposal, which has no fields for summary and links. */
export function bodyOf(draft: Draft): string {
  const { summary, description, resources } = metadataOf(draft);
  const links = resources.map(({ name, url }) => `- [${name.replaceAll(/[[\]]/g, '')}](${url})`).join('\n');
  return [summary, description, links].filter((part) => part !== '').join('\n\n');
}
