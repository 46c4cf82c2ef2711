/** A rule as a task document names it: its name, its parameters, and in `pre` what runs before it. */
type NamedRule = Readonly<Record<string, unknown>>;

/** One line: what runs before the rule, in order, then the rule, each with its parameters. `t` translates a name's label. */
export function ruleText(rule: NamedRule, t: (key: string) => string): string {
  const { rule: name, pre, ...parameters } = rule;
  const steps = ((pre ?? []) as NamedRule[]).map(({ pre: step, ...more }) =>
    method(t(`preAggregator.${String(step)}`), more),
  );
  return [...steps, method(t(`rule.${String(name)}`), parameters)].join(' → ');
}

function method(label: string, parameters: NamedRule): string {
  const details = Object.entries(parameters).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  return details.length > 0 ? `${label} (${details.join(', ')})` : label;
}
