import { GraphQLError, Kind } from 'graphql';
import type { DocumentNode, SelectionSetNode, ValidationRule } from 'graphql';

/** Every field of a query can cost calls of the chain, also the same one under many names. */
const MAX_ROOT_FIELDS = 20;
export const MAX_TOKENS = 1000;

/** A query in the form of a syntax tree, which mercurius takes too, and which no limit of tokens holds for. */
export const isSyntaxTree = (source: string): boolean => /^\s*[{[]\s*["{]/.test(source);

/** Refuses operations with more than MAX_ROOT_FIELDS fields at the root, counted through fragments. */
export const rootFieldsRule: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    const count = fieldsIn(operation.selectionSet, context.getDocument(), new Set());
    if (count <= MAX_ROOT_FIELDS) return;
    const message = `A query has at most ${MAX_ROOT_FIELDS} fields at its root; this one has ${count}.`;
    context.reportError(new GraphQLError(message, { nodes: operation }));
  },
});

/** As execution collects them: a fragment counts once, however often it is spread. */
function fieldsIn(set: SelectionSetNode, document: DocumentNode, spread: Set<string>): number {
  let count = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) count += 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += fieldsIn(selection.selectionSet, document, spread);
    else if (!spread.has(selection.name.value)) {
      spread.add(selection.name.value);
      for (const definition of document.definitions) {
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value)
          count += fieldsIn(definition.selectionSet, document, spread);
      }
    }
  }
  return count;
}
