import type { CoveyChain } from '@covey/client';
import { readValue } from '../../values/read-value.ts';
import { valueRow } from '../../values/registry.ts';
import type { FieldValue } from './field.ts';
import { formOf } from './index.ts';

/**
 * What the fields of a form hold on chain now, to stand beside the new values; `texts` name which task and the like.
 * Numbers of the policy are not among them: `valuesAt` of the contract tells all of them at once.
 */
export async function readCurrentValues(
  covey: CoveyChain,
  kind: string,
  texts: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, FieldValue>> {
  const read = await Promise.all(
    (formOf(kind)?.fields ?? []).map(async ({ name, governs }) => {
      const view = governs && valueRow(governs).view;
      if (!view || covey.deployment[view.contract] === undefined) return [];
      const args = view.newest === undefined ? view.topics.map((topic) => texts[topic] ?? '') : [];
      if (!args.every((text) => /^\d{1,18}$/.test(text))) return [];
      return [[name, await readValue(covey, governs, args.map(BigInt))] as const];
    }),
  );
  return Object.fromEntries(read.flat());
}
