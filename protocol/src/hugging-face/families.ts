import { encoder } from './encoder.ts';
import type { Family } from './family.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { resnet } from './resnet.ts';

/** By `model_type` of `config.json`. */
export const families: Readonly<Record<string, Family>> = Object.fromEntries(
  [llama, gpt2, encoder, resnet].flatMap((family) => family.types.map((type) => [type, family] as const)),
);
