/** Kinds of decisions by subject, in the order in which people look for them; the subject is the part before the dot. */
const order = [
  'policy',
  'task',
  'round',
  'slash',
  'answer',
  'treasury',
  'market',
  'deposits',
  'voting',
  'snapshot',
  'custody',
  'permission',
  'plugin',
  'upgrade',
  'dao',
  'call',
];

export interface KindGroup {
  name: string;
  kinds: string[];
}

/** Subjects that this version of the page does not know come last, never hidden. */
export function groupKinds(kinds: readonly string[]): KindGroup[] {
  const groups = Map.groupBy(kinds, (kind) => kind.split('.')[0] ?? kind);
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...groups]
    .map(([name, members]) => ({ name, kinds: members }))
    .toSorted((a, b) => place(a.name) - place(b.name));
}

/** Short names that links may use: `/proposals/new?kind=veto&id=0x…`. */
const shortNames: Record<string, { kind: string; fields: Record<string, string> }> = {
  veto: { kind: 'snapshot.veto', fields: { id: 'proposalId' } },
};

/** The call that a link asks for; its other parameters are fields of the form. */
export function callOfQuery(
  query: Record<string, unknown>,
): { kind: string; values: Record<string, string> } | undefined {
  const { kind, ...rest } = query;
  if (typeof kind !== 'string') return undefined;
  const known = shortNames[kind];
  const values = Object.entries(rest)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[0] !== 'step')
    .map(([name, value]) => [known?.fields[name] ?? name, value]);
  return { kind: known?.kind ?? kind, values: Object.fromEntries(values) as Record<string, string> };
}
