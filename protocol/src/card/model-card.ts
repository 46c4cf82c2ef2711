import { parameterCount } from '../architecture.ts';
import { protocolError } from '../errors.ts';
import {
  encodeProvenance,
  type MakerProvenance,
  type Provenance,
  type ProvenanceDecision,
  type TaskProvenance,
} from '../provenance.ts';
import { documentCid } from '../cid.ts';
import { isShardRule } from '../rules.ts';
import type { CardDocument } from './card-document.ts';
import { measuredOf } from './evaluations.ts';
import { frontMatter, makersFields, makersFrontMatter } from './front-matter.ts';
import { code, plain, table, type Cell } from './markdown.ts';

/** Below this line stands what the maker wrote. Nothing above it is the maker's, so nothing the maker writes can change it. */
const marker = '<!-- covey: the maker’s own words follow, and are kept; what stands above is written anew -->';
const makersHeading = '## In the maker’s own words';
const makersNotice = '*Covey checked nothing of what follows.*';
const noWords = '*The maker said nothing yet. Write here; `covey card` keeps it.*';
/** Contributors that are listed; the provenance document has all of them. */
const MAX_LISTED = 64;

/** A model card in Hugging Face's format: facts of the provenance, then the maker's own words. */
export function modelCard(provenance: Provenance, card?: CardDocument): string {
  const { model } = provenance;
  if (card && card.model !== model.cid) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'The maker’s words are of another model.', {
      expected: model.cid,
      got: card.model,
    });
  }
  const cid = documentCid(encodeProvenance(provenance));
  const [front, facts] =
    provenance.by === 'task'
      ? [frontMatter(provenance, cid, card), taskFacts(provenance, cid)]
      : [makersFrontMatter(provenance, cid, card), makersFacts(provenance, cid)];
  const words = card && card.text.trim() !== '' ? card.text.trim() : noWords;
  return `${front}\n${[...facts, marker, makersHeading, makersNotice, words].join('\n\n')}\n`;
}

/**
 * The maker's part of a card that was written before: its words and what it added to the front matter. undefined where the
 * file is no card of ours, so that nobody's file is written over.
 */
export function makersCard(readme: string, model: string): CardDocument | undefined {
  const text = readme.replaceAll('\r\n', '\n');
  const head = /^---\n([^]*?\n)---\n/.exec(text);
  const at = text.indexOf(`\n${marker}\n`);
  if (!head || at < 0) return undefined;
  const below = text
    .slice(at + marker.length + 2)
    .replace(makersHeading, '')
    .replace(makersNotice, '')
    .replace(noWords, '')
    .trim();
  return { schema: 'covey.card/1', model, text: below, ...makersFields(head[1]!) };
}

function taskFacts(provenance: TaskProvenance, cid: string): string[] {
  const { origin } = provenance;
  return [
    `# ${plain(origin.name)}`,
    `Written from chain and content: every fact down to the maker’s own words is in the provenance document ${code(cid)}, and ` +
      `\`covey provenance ${origin.taskId}/${origin.round} --verify --replay\` recomputes it.`,
    '## What it is',
    whatItIs(provenance),
    '## How it was made',
    ...howItWasMade(provenance),
    '## How it was scored',
    ...howItWasScored(provenance),
    '## Lineage',
    lineage(provenance),
    '## Load it in PyTorch',
    loading(provenance),
    '## Limits',
    limits(provenance),
  ];
}

function makersFacts({ model, origin, deployment }: MakerProvenance, cid: string): string[] {
  const rows: Cell[][] = [
    ['Model', code(model.cid)],
    ...(model.sealed
      ? [
          ['File', `${model.bytes} bytes, sealed: the model’s CID is that of the manifest`],
          ['Content key', `keccak256 ${code(model.keyHash)}`],
        ]
      : [['File', `${model.bytes} bytes, SHA-256 ${code(model.sha256)}`]]),
    ['Parameter root', code(model.parameterRoot)],
  ];
  const version = origin.previous === null ? '' : `, a new version of listing ${origin.previous}`;
  return [
    `# Model ${code(model.cid)}`,
    `The facts down to the maker’s own words are in the provenance document ${code(cid)}, which \`covey provenance ${model.cid} --verify\` makes again.`,
    '## What it is',
    table(['', ''], rows),
    '## How it was made',
    `Its maker, ${code(origin.maker)}, registered it alone: listing ${origin.listing} on chain ${deployment.chainId}${version}. No round trained or scored it, no vote approved it, and nobody but its maker says anything of its quality, its data or its licence.`,
  ];
}

function whatItIs({ model, licence, origin }: TaskProvenance): string {
  const { layers, input, loss } = model.architecture;
  const rows: Cell[][] = [
    ['Model', code(model.cid)],
    ['File', `${model.bytes} bytes of safetensors, SHA-256 ${code(model.sha256)}`],
    ['Parameters', parameterCount(model.architecture)],
    ['Layers', layers.map(({ type }) => type).join(', ')],
    ['Input', input],
    ['Loss', loss ?? 'cross-entropy'],
    ...(model.data === null ? [] : [['Samples', `made as ${code(model.data)} says (covey.data/1)`]]),
    ['Task', `${origin.taskId}, document ${code(origin.document)}`],
    ['Licence', licence === null ? 'not stated: ask the creator before you use it' : plain(licence)],
  ];
  return table(['', ''], rows);
}

function howItWasMade({ origin }: TaskProvenance): string[] {
  const { accepted, voided, mode, rounds } = origin;
  const how =
    mode === 'federated'
      ? 'Training nodes kept their data, and sent updates, which the core aggregated.'
      : 'Training nodes competed: in each round the best model became the base of the next.';
  const made = table(
    ['Round', 'Submissions', 'Contributors', 'Validators’ seats on the result', 'Model'],
    accepted.map((round) => [
      round.round,
      round.submissions,
      round.contributors.length,
      `${round.agreeing} of ${round.revealed} revealed${round.ruled ? ', ruled by the DAO' : ''}`,
      round.model === round.base ? 'as before' : code(round.model),
    ]),
  );
  const lost = voided.map(({ round, reason }) => `${round} (${reason})`).join(', ');
  return [
    `${how} ${approvalOf(origin.decision)} The creator is ${code(origin.creator)}. This is what round ${origin.round} of rounds 0 to ${rounds - 1} ended with.`,
    made,
    ...(lost === '' ? [] : [`Void, without a result: ${lost}.`]),
    contributors(origin),
  ];
}

function approvalOf(decision: ProvenanceDecision): string {
  const covey = (wei: string) => `${BigInt(wei) / 10n ** 18n}`;
  switch (decision.by) {
    case 'token-voting':
      return `The DAO approved the task by TokenVoting, proposal ${decision.proposal}: ${covey(decision.yes)} votes for, ${covey(decision.no)} against, ${covey(decision.abstain)} abstaining, of ${decision.voters} accounts.`;
    case 'snapshot-voting':
      return `The DAO approved the task by a binding Snapshot vote, ${code(decision.proposal)}: ${covey(decision.for)} votes for, ${covey(decision.against)} against, ${covey(decision.abstain)} abstaining, of ${decision.voters} accounts.`;
    case 'other':
      return 'The task was approved without a vote of the plugins that Covey knows.';
  }
}

function contributors({ accepted }: TaskProvenance['origin']): string {
  const nodes = new Map<string, { rounds: number; seats: number }>();
  for (const round of accepted) {
    for (const { node, seats } of round.contributors) {
      const sum = nodes.get(node) ?? { rounds: 0, seats: 0 };
      nodes.set(node, { rounds: sum.rounds + 1, seats: sum.seats + seats });
    }
  }
  if (nodes.size === 0) return 'No submission was paid: nobody’s made the result better.';
  const all = [...nodes].toSorted(([a, x], [b, y]) => y.rounds - x.rounds || y.seats - x.seats || (a < b ? -1 : 1));
  const listed = table(
    ['Contributor', 'Rounds', 'Seats'],
    all.slice(0, MAX_LISTED).map(([node, { rounds, seats }]) => [code(node), rounds, seats]),
  );
  const more = all.length - MAX_LISTED;
  return more > 0 ? `${listed}\n\nAnd ${more} more, in the provenance document.` : listed;
}

function howItWasScored(provenance: TaskProvenance): string[] {
  const { accepted, mode, aggregation } = provenance.origin;
  const scorers = [...new Set(accepted.map(({ scorer }) => scorer))];
  const rows = accepted.map((round): Cell[] => [
    round.round,
    round.shard.samples,
    shown(provenance, round.baseline),
    round.aggregate === null ? 'kept its base' : shown(provenance, round.aggregate),
  ]);
  const trained = isShardRule(aggregation) && aggregation.publicEpochs > 0;
  const what =
    mode === 'arena'
      ? 'What is scored is the best model itself.'
      : trained
        ? 'What is scored is the base plus the aggregate, before the core goes on training it on the opened shards: the model itself was not scored on samples that it had not seen.'
        : 'What is scored is the base plus the aggregate, which is the model.';
  return [
    `Each round had a hidden shard of samples, committed to before the task was approved and opened when training was over. Validators drawn by stake computed the scores with the core of SHA-256 ${scorers.map(code).join(', ')}, the same bits on every machine. ${what}`,
    table(['Round', 'Samples', 'Base', 'Result'], rows),
  ];
}

function shown(
  provenance: TaskProvenance,
  evaluation: TaskProvenance['origin']['accepted'][number]['baseline'],
): string {
  if (evaluation === null) return 'not scored';
  return measuredOf(provenance, evaluation)
    .map(({ type, value }) => `${type} ${value}`)
    .join(', ');
}

function lineage({ origin, deployment }: TaskProvenance): string {
  const { initial, accepted } = origin;
  const from = initial.madeBy
    ? `made by round ${initial.madeBy.round} of task ${initial.madeBy.taskId} on the same chain`
    : 'given by the task’s creator';
  const made = accepted.filter(({ base, model }) => base !== model);
  return [
    `On chain ${deployment.chainId}:`,
    '',
    `- ${code(initial.model)}, ${from}`,
    ...made.map(({ round, model }) => `- → ${code(model)}, by round ${round}`),
  ].join('\n');
}

function loading({ origin, model }: TaskProvenance): string {
  return [
    `Fetch the file ${code(model.cid)} from IPFS as \`model.safetensors\`, and write its provenance beside it:`,
    '',
    '```sh',
    `covey provenance ${origin.taskId}/${origin.round} --out provenance.json`,
    '```',
    '',
    "Then, with the `covey` package for Python (`pip install './nodes/python[torch]'` in Covey’s repository):",
    '',
    '```python',
    'import json',
    'import covey.torch',
    '',
    'architecture = json.load(open("provenance.json"))["model"]["architecture"]',
    'network = covey.torch.load_model("model.safetensors", architecture)',
    '```',
  ].join('\n');
}

function limits({ origin }: TaskProvenance): string {
  const fewest = Math.min(...origin.accepted.map(({ shard }) => shard.samples));
  return [
    '- Nothing here is secret: the model, every submission and every opened shard are public, since anybody verifies them. Updates tell something of the data behind them.',
    `- Scores hold for the shards alone, the smallest of ${fewest} samples, which the creator chose and could have leaked.`,
    '- A vote approved the task, not the model. That validators agreed shows that the numbers are right, not that the model is good or fair.',
    '- The data that training nodes used is known to nobody but them, and so is its licence.',
    ...(origin.initial.madeBy ? [] : ['- Where the first model came from, only the creator knows.']),
  ].join('\n');
}
