import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkLayers } from './check-layers.ts';
import { layerTypes } from './layers/index.ts';
import { lossTypes } from './losses.ts';
import { flags } from './program.ts';
import { valueTypes } from './values.ts';

// The numbers that loader and assembly agree on stand in both languages: here they are compared; those of integers, which no
// layer names, in the tests of integer networks.

const source = ['score/program.ts', 'score/activation-f32-scalar.ts']
  .map((file) => readFileSync(new URL(`../assembly/${file}`, import.meta.url), 'utf8'))
  .join('\n');
const assembly = Object.fromEntries(
  [...source.matchAll(/^export const (\w+): u32 = (\d+);$/gm)].map(([, name, value]) => [name, Number(value)]),
);
const operations = Object.assign({}, ...layerTypes.map((type) => type.operations)) as Record<string, number>;
const losses = Object.assign({}, ...lossTypes.map((loss) => loss.operations)) as Record<string, number>;

const values = Object.fromEntries(
  Object.entries(valueTypes).map(([name, { code }]) => [`VALUE_${name.toUpperCase()}`, code]),
);

it('loader and assembly number operations, losses, types and flags alike', () => {
  const { bias, addGradient, addSecondGradient, noInputGradient } = flags;
  expect({ ...operations, ...losses, ...values }).toEqual(
    Object.fromEntries(Object.entries(assembly).filter(([name]) => !/^(HAS_|ADD_|NO_)|_INT$/.test(name))),
  );
  expect(assembly).toMatchObject({
    HAS_BIAS: bias,
    ADD_GRADIENT: addGradient,
    ADD_SECOND_GRADIENT: addSecondGradient,
    NO_INPUT_GRADIENT: noInputGradient,
  });
  expect(new Set(Object.values(operations)).size).toBe(Object.keys(operations).length);
});

it.each(layerTypes.map((type) => [type.name, type] as const))(
  'the example of %s uses all its operations',
  (_, type) => {
    const used = new Set(checkLayers(type.example).operations.map(({ code }) => code));
    expect(type.example.some((layer) => layer.type === type.name)).toBe(true);
    for (const [name, code] of Object.entries(type.operations)) expect(used.has(code), name).toBe(true);
  },
);
