import { aggregateBy } from '../aggregate.ts';
import type { Rule } from '../check-rule.ts';
import type { CoreInstance } from '../instantiate.ts';
import { rowSource } from '../row-source.ts';
import { withinF32 } from '../within-f32.ts';
import { checkAttribution } from './check-attribution.ts';
import { directionsOf, takeOut } from './directions.ts';
import { effectiveParts } from './effective-parts.ts';
import { Questions, type MostQuestions } from './questions.ts';
import type { AttributedUpdate, Attribution, RuleAttributionParameters, ShardLoss } from './types.ts';
import { UNIT, units } from './units.ts';

export const mostOfRule: MostQuestions = { evaluations: 1, gradients: 1 };

/**
 * A rule that decides by the updates alone, and what each update gave to its aggregate D by its effective weights w:
 *   contribution_i = −Σ_c w_ic · u_ic · g_c      Σ_i w_ic · u_ic = D_c
 * g is the gradient at the base + D/2, less the public directions and the opened shards' descent. It is projected once in the
 * place of every update, as a projection is symmetric. All of them add up to −⟨D, g⟩, so splitting an update changes nothing.
 */
export async function attributedRule<E extends ShardLoss>(
  core: CoreInstance,
  rule: Rule,
  a: RuleAttributionParameters<E>,
): Promise<Attribution<E>> {
  checkAttribution('attributedRule', a);
  const { seats, signal } = a;
  const updates = rowSource(a.updates);
  const aggregate = withinF32(() => aggregateBy(core, rule, updates, { seats, signal }));
  const questions = new Questions(core, a, mostOfRule);
  const model = await questions.model(aggregate?.result);
  if (!aggregate || !model || model.evaluation.loss >= a.base.evaluation.loss) {
    return { outcome: null, updates: seats.map((): AttributedUpdate => ({ role: 'tried', contribution: 0n })) };
  }
  const gradient = (await questions.middleGradient(model.delta)) ?? new Float64Array(updates.d);
  const { basis, descent } = directionsOf(core, a.publicDirections, a.known);
  takeOut(gradient, descent ? [...basis, descent] : basis);
  const parts = effectiveParts(core, updates, aggregate.combination, gradient, { signal });
  return {
    outcome: { ...model, step: 1 },
    updates: parts.map(({ weight, slope }) => ({
      role: weight === 0 ? 'tried' : 'selected',
      contribution: units(-slope * a.predictions * UNIT),
    })),
  };
}
