import { basicChoices, proposalTypes } from '@covey/governance';
import type { ProposalType } from '@covey/governance';
import { isVisible, twinChoices } from '@covey/protocol';
import { lengthOf, misfit, parseObject, url } from './formats.ts';
import { refuse } from './kind.ts';

const MAX_TITLE = 256;
/** Between what Snapshot gives to ordinary spaces (10,000) and to those that pay (40,000). */
const MAX_BODY = 20_000;
const MAX_CHOICES = 100;
const MAX_CHOICE = 256;
const MAX_LABELS = 10;
const label = /^[a-zA-Z0-9]{1,8}$/;

interface Texts {
  type: string;
  title: string;
  body: string;
  discussion: string;
  choices: readonly string[];
  labels: readonly string[];
  plugins: string;
  privacy: string;
}

export const isProposalType = (type: string): type is ProposalType =>
  (proposalTypes as readonly string[]).includes(type);

/** What proposals and their updates have in common. */
export function checkProposalTexts({ type, title, body, discussion, choices, labels, plugins, privacy }: Texts): void {
  const wrong = (what: string) => refuse(`wrong proposal format: ${what}`);
  if (!isProposalType(type)) wrong(`unknown voting type ${type.slice(0, 40)}; known are ${proposalTypes.join(', ')}`);
  if (!isVisible(title) || lengthOf(title) > MAX_TITLE) wrong(`the title needs 1 to ${MAX_TITLE} characters`);
  if (lengthOf(body) > MAX_BODY) wrong(`the body has more than ${MAX_BODY} characters`);
  const link = misfit(discussion, url(256));
  if (link !== undefined) wrong(`the discussion has to be ${link}`);
  if (choices.length < 2 || choices.length > MAX_CHOICES) wrong(`a proposal needs 2 to ${MAX_CHOICES} choices`);
  if (choices.some((choice) => !isVisible(choice) || lengthOf(choice) > MAX_CHOICE))
    wrong(`a choice needs 1 to ${MAX_CHOICE} characters`);
  const twins = twinChoices(choices);
  if (twins) wrong(`two choices are the same, ${twins.join(' and ')}, so nobody could tell them apart`);
  if (
    type === 'basic' &&
    (choices.length !== basicChoices.length || basicChoices.some((choice, index) => choices[index] !== choice))
  )
    refuse(`wrong choices for basic type voting: they are ${basicChoices.join(', ')}`);
  if (labels.length > MAX_LABELS) wrong(`a proposal has at most ${MAX_LABELS} labels`);
  if (new Set(labels).size !== labels.length) wrong('a label is given twice');
  if (!labels.every((one) => label.test(one))) wrong('a label has 1 to 8 letters or digits');
  if (parseObject(plugins) === undefined) wrong('plugins is no JSON object, for instance {}');
  if (privacy === 'shutter') refuse('invalid privacy: shielded (shutter) votes are not counted here');
  if (privacy !== '') wrong('privacy has to be empty');
}
