/** A sentence of an error with its values. The tag marks what has translations, by its English template. */
export const sentence = (parts: TemplateStringsArray, ...values: readonly unknown[]): string =>
  String.raw({ raw: parts }, ...values);
