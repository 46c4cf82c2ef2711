import { formatField, formOf } from '@covey/governance';
import type { FieldValue } from '@covey/governance';

export type CurrentValues = Record<string, FieldValue>;

/** Whether all that a form asks for stands on chain already: one edits what is there. */
export function startsFromCurrent(kind: string): boolean {
  const fields = formOf(kind)?.fields ?? [];
  return fields.length > 0 && fields.every(({ governs }) => governs !== undefined);
}

/** What the form of that kind would hold if nothing were changed. */
export function textsOf(kind: string, current: CurrentValues): Record<string, string> {
  const fields = formOf(kind)?.fields ?? [];
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = current[field.name];
      return value === undefined ? [] : [[field.name, formatField(field, value)]];
    }),
  );
}
