import { lossOf, networkLayout, type Layer } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import { protocolError } from '../errors.ts';

export interface InferenceModel {
  architecture: Architecture;
  parameters: Float32Array;
}

/**
 * The model whose outputs are what its last layer would have been given: the weights of that layer are the identity, so that
 * the first `width` outputs are its inputs, to the bit. The core knows only networks of tokens with an output a token. Of
 * whole texts there is an output each: numbers are the embedding as they are, classes lose their last layer.
 */
export function bodyOf(model: InferenceModel): Body {
  const known = bodies.get(model);
  if (known) return known;
  const body = withoutHead(model);
  bodies.set(model, body);
  return body;
}

interface Body {
  model: InferenceModel;
  width: number;
}

const bodies = new WeakMap<InferenceModel, Body>();

function withoutHead({ architecture, parameters }: InferenceModel): Body {
  const { input, tensors } = networkLayout(architecture.layers);
  if (input.kind === 'text') return ofWholeTexts({ architecture, parameters });
  const [first] = architecture.layers;
  const head = architecture.layers.at(-1);
  if (first?.type === 'embedding' && head?.type === 'unembedding' && first.vocabulary >= first.width) {
    const { width, vocabulary } = first;
    const own: Layer = { type: 'dense', inputs: width, outputs: vocabulary, bias: false };
    const grown = new Float32Array(parameters.length + width * vocabulary);
    grown.set(parameters);
    return withoutHead({
      architecture: { ...architecture, layers: [...architecture.layers.slice(0, -1), own] },
      parameters: grown,
    });
  }
  if (input.kind !== 'tokens' || head?.type !== 'dense' || head.outputs < head.inputs)
    throw protocolError('PROTOCOL_NO_EMBEDDING', 'this model gives no embeddings', {
      expected: 'a model of tokens whose last layer is dense and not narrower than what it takes',
      got: input.kind === 'tokens' ? 'another last layer' : 'a model of features',
    });
  const own = tensors.filter(({ name }) => name.startsWith(`layers.${architecture.layers.length - 1}.`));
  const [weight] = own;
  const changed = parameters.slice();
  for (const { offset, length } of own) changed.fill(0, offset, offset + length);
  for (let i = 0; i < head.inputs; i++) changed[weight!.offset + i * head.inputs + i] = 1;
  return { model: { architecture, parameters: changed }, width: head.inputs };
}

function ofWholeTexts({ architecture, parameters }: InferenceModel): Body {
  const layout = networkLayout(architecture.layers);
  if (lossOf(layout, architecture.loss).targets === 'outputs')
    return { model: { architecture, parameters }, width: layout.classes };
  const head = architecture.layers.at(-1);
  const layers = architecture.layers.slice(0, -1);
  if (head?.type !== 'dense' || layers.every(({ type }) => type !== 'pooling'))
    throw protocolError('PROTOCOL_NO_EMBEDDING', 'this model gives no embeddings', {
      expected: 'a model of texts whose last layer is dense, behind a pooling of them',
      got: 'another last layer',
    });
  const { parameterCount, classes } = networkLayout(layers);
  return {
    model: { architecture: { ...architecture, layers }, parameters: parameters.slice(0, parameterCount) },
    width: classes,
  };
}
