import type { ConfigReader } from './config-reader.ts';
import type { Attention } from './family.ts';

type Rotary = Pick<Attention, 'rotary' | 'rotaryBase' | 'rotaryFactor' | 'rotaryLow' | 'rotaryHigh' | 'rotaryLength'>;

/** How positions turn: `rope_theta` and `rope_scaling`, or both in `rope_parameters`, as newer versions write them. */
export function readRotary(config: ConfigReader): Rotary {
  const rope = config.has('rope_parameters')
    ? config.object('rope_parameters')
    : config.has('rope_scaling')
      ? config.object('rope_scaling')
      : undefined;
  const base = rope?.has('rope_theta') ? rope.size('rope_theta') : config.size('rope_theta', 10_000);
  const turned: Rotary = { rotary: true, ...(base !== 10_000 && { rotaryBase: base }) };
  if (!rope) return turned;
  const rules = { default: 'none', linear: 'linear', llama3: 'llama3' } as const;
  const rule = rope.choice(rope.has('rope_type') ? 'rope_type' : 'type', rules, 'default');
  if (rule === 'none') return turned;
  const rotaryFactor = rope.number('factor');
  if (rule === 'linear') return { ...turned, rotaryFactor };
  return {
    ...turned,
    rotaryFactor,
    rotaryLow: rope.number('low_freq_factor'),
    rotaryHigh: rope.number('high_freq_factor'),
    rotaryLength: rope.size('original_max_position_embeddings'),
  };
}

export function writeRotary({ rotaryBase, rotaryFactor, rotaryLow, rotaryHigh, rotaryLength }: Rotary) {
  const scaling =
    rotaryLength === undefined
      ? { rope_type: 'linear', factor: rotaryFactor }
      : {
          rope_type: 'llama3',
          factor: rotaryFactor ?? 1,
          low_freq_factor: rotaryLow,
          high_freq_factor: rotaryHigh,
          original_max_position_embeddings: rotaryLength,
        };
  const isScaled = rotaryFactor !== undefined || rotaryLength !== undefined;
  return { rope_theta: rotaryBase ?? 10_000, ...(isScaled && { rope_scaling: scaling }) };
}
