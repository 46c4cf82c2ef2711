/** The key of a template: its text with `{0}`, `{1}` … for the values. */
export const keyOf = (parts: readonly string[]): string =>
  parts.map((part, index) => (index === 0 ? part : `{${index - 1}}${part}`)).join('');

/** A translation with its values; it may have them in another order. */
export const fill = (template: string, values: readonly string[]): string =>
  template.replace(/\{(\d+)\}/g, (place, index) => values[Number(index)] ?? place);

/** The values with which a template gives this text, each as short as can be; undefined where none do. Linear in the text. */
export function match(template: string, text: string): string[] | undefined {
  const [head = '', ...rest] = template.split(/\{\d+\}/);
  const tail = rest.pop();
  if (tail === undefined) return template === text ? [] : undefined;
  const end = text.length - tail.length;
  if (!text.startsWith(head) || !text.endsWith(tail)) return undefined;
  const values: string[] = [];
  let from = head.length;
  for (const literal of rest) {
    const at = text.indexOf(literal, from);
    if (at < 0) return undefined;
    values.push(text.slice(from, at));
    from = at + literal.length;
  }
  if (from > end) return undefined;
  return [...values, text.slice(from, end)];
}
