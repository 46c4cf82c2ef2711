import type { Core } from '@covey/wasm-core';
import type { InferenceAnswer } from './answer.ts';
import type { InferenceModel } from './embedding.ts';
import { Generation, stepTogether } from './generation.ts';
import type { InferenceRequest } from './request.ts';
import { embed, predictTogether } from './rows.ts';

/** The one right answer to a request: what a host gives, and what anybody who has the model finds again. */
export function answerTo(core: Core, model: InferenceModel, request: InferenceRequest): InferenceAnswer {
  switch (request.kind) {
    case 'predict':
      return predictTogether(core, model, [request])[0]!;
    case 'embed':
      return embed(core, model, request);
    case 'generate': {
      const generation = new Generation(model, request);
      while (generation.finish === null) stepTogether(core, model, [generation]);
      return generation.answer;
    }
  }
}
