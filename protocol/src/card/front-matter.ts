import { lossOf, networkLayout } from '@covey/wasm-core';
import { parse, stringify } from 'yaml';
import { parseWith } from '../primitives.ts';
import { protocolError } from '../errors.ts';
import type { MakerProvenance, ProvenanceRound, TaskProvenance } from '../provenance.ts';
import { cardDocumentSchema, type CardDocument } from './card-document.ts';
import { measuredOf } from './evaluations.ts';
import { hubLicence } from './hub-licence.ts';

/** What a card's front matter says of a model by itself. */
const ownTags = ['covey'];
const fileTags = ['safetensors'];
const modeTags = { arena: 'competition', federated: 'federated-learning' } as const;

/** Hugging Face's metadata of a model card (huggingface.co/docs/hub/model-cards), as YAML between two lines of dashes. */
export function frontMatter(provenance: TaskProvenance, cid: string, card: CardDocument | undefined): string {
  const { origin, model, licence, deployment } = provenance;
  const pipeline = pipelineOf(provenance);
  const fields = {
    ...hubLicence(licence),
    library_name: 'covey',
    ...(pipeline !== undefined && { pipeline_tag: pipeline }),
    tags: [...ownTags, ...fileTags, modeTags[origin.mode], ...(card?.tags ?? [])],
    ...givenBy(card),
    'model-index': [{ name: origin.name, results: origin.accepted.flatMap((round) => resultOf(provenance, round)) }],
    covey: {
      provenance: cid,
      chain_id: deployment.chainId,
      task_manager: deployment.taskManager,
      task: origin.taskId,
      round: origin.round,
      model: model.cid,
      base: origin.accepted.at(-1)!.base,
      initial: origin.initial.model,
    },
  };
  return written(fields);
}

/** The same of a model that its maker registered alone: nothing of it is measured. */
export function makersFrontMatter(
  { origin, model, deployment }: MakerProvenance,
  cid: string,
  card: CardDocument | undefined,
): string {
  return written({
    library_name: 'covey',
    tags: [...ownTags, ...(card?.tags ?? [])],
    ...givenBy(card),
    covey: {
      provenance: cid,
      chain_id: deployment.chainId,
      model_market: deployment.modelMarket,
      listing: origin.listing,
      model: model.cid,
    },
  });
}

const givenBy = (card: CardDocument | undefined) => ({
  ...(card?.languages && { language: card.languages }),
  ...(card?.datasets && { datasets: card.datasets }),
  ...(card?.baseModels && { base_model: card.baseModels }),
});

/** Every text in double quotes: YAML 1.1, which many readers speak, takes yes, 1_0 or 0o7 for something else. */
function written(fields: object): string {
  const yaml = stringify(fields, {
    lineWidth: 0,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    aliasDuplicateObjects: false,
  });
  return `---\n${yaml}---\n`;
}

/** What the model is for, where the architecture leaves no doubt. */
function pipelineOf({ model: { architecture } }: TaskProvenance): string | undefined {
  const layout = networkLayout(architecture.layers);
  if (layout.input.kind === 'text')
    return lossOf(layout, architecture.loss).targets === 'class' ? 'text-classification' : 'feature-extraction';
  if (architecture.input === 'tokens') return 'text-generation';
  if (architecture.layers.some(({ type }) => type === 'image')) return 'image-classification';
  return undefined;
}

/** Of the model that a round was scored to have made; nothing where it kept its base. */
function resultOf(provenance: TaskProvenance, round: ProvenanceRound) {
  if (round.aggregate === null) return [];
  const { taskId } = provenance.origin;
  return [
    {
      task: { type: pipelineOf(provenance) ?? 'other' },
      dataset: {
        type: `covey-task-${taskId}-round-${round.round}`,
        name: `Hidden shard of round ${round.round} (${round.shard.samples} samples, SHA-256 ${round.shard.plaintextSha256})`,
      },
      metrics: measuredOf(provenance, round.aggregate).map(({ type, name, value }) => ({ type, name, value })),
    },
  ];
}

/** What a maker may say in the front matter, by the names that Hugging Face has for it. */
type MakersFields = Pick<CardDocument, 'languages' | 'datasets' | 'baseModels' | 'tags'>;

/** Longest front matter that is read. */
const MAX_FRONT_MATTER = 256 * 1024;

/** Reads back what a maker added to the front matter of its card; what Covey writes there itself is left out. */
export function makersFields(yaml: string): MakersFields {
  if (yaml.length > MAX_FRONT_MATTER) throw badFrontMatter(`${yaml.length} characters`);
  let read: unknown;
  try {
    read = parse(yaml, { maxAliasCount: 0, prettyErrors: false });
  } catch (cause) {
    throw badFrontMatter(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (typeof read !== 'object' || read === null) throw badFrontMatter(typeof read);
  const { language, datasets, base_model: baseModel, tags } = read as Record<string, unknown>;
  const listed = (value: unknown) => (value === undefined || value === null ? [] : [value].flat());
  const own = new Set<unknown>([...ownTags, ...fileTags, ...Object.values(modeTags)]);
  const fields = {
    languages: listed(language),
    datasets: listed(datasets),
    baseModels: listed(baseModel),
    tags: listed(tags).filter((tag) => !own.has(tag)),
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, values]) => values.length > 0));
  return parseWith(makersSchema, given, 'front matter of a model card');
}

const makersSchema = cardDocumentSchema.pick({ languages: true, datasets: true, baseModels: true, tags: true });

const badFrontMatter = (got: string, cause?: unknown) =>
  protocolError('PROTOCOL_INVALID_DOCUMENT', 'The front matter of this model card cannot be read.', {
    expected: `YAML without aliases, at most ${MAX_FRONT_MATTER} characters`,
    got,
    cause,
  });
