import type { Core } from '@covey/wasm-core';
import type { InferenceAnswer } from './answer.ts';
import type { InferenceModel } from './embedding.ts';
import { Generation } from './generation.ts';
import type { InferenceRequest } from './request.ts';
import { embed, predictTogether } from './rows.ts';
import { Writer } from './writer.ts';

/** The one right answer to a request: what a host gives, and what anybody who has the model finds again. */
export function answerTo(core: Core, model: InferenceModel, request: InferenceRequest): InferenceAnswer {
  switch (request.kind) {
    case 'predict':
      return predictTogether(core, model, [request])[0]!;
    case 'embed':
      return embed(core, model, request);
    case 'generate': {
      const generation = new Generation(model, request);
      const writer = new Writer(core, model);
      try {
        while (generation.finish === null) writer.step([generation]);
      } finally {
        writer.close();
      }
      return generation.answer;
    }
  }
}
