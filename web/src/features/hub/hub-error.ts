/** What a Snapshot hub says when it refuses a message, by how its `error_description` begins or what it names. */
const refusals = [
  [/no voting power/i, 'power'],
  [/voting window/i, 'window'],
  [/already voted/i, 'superseded'],
  [/duplicate/i, 'duplicate'],
  [/choice/i, 'choice'],
  [/timestamp|clock|future|too old/i, 'clock'],
  [/unknown proposal|proposal not found/i, 'proposal'],
  [/unknown space|wrong space/i, 'space'],
  [/signature|signed by|signer/i, 'signature'],
  [/too long|too large|characters|schema|format|\burl\b/i, 'form'],
  [/limit|too many/i, 'limit'],
] as const;

export type Refusal = (typeof refusals)[number][1] | 'other';

/** Key of the sentence under `snapshotVote.refused` that puts the hub's own words into the reader's language. */
export function hubErrorKey(description: string): Refusal {
  return refusals.find(([pattern]) => pattern.test(description))?.[1] ?? 'other';
}
