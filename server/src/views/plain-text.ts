// Controls, and the marks that turn the direction of writing: one name must not rearrange the text around it.
// eslint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** Foreign text for one line of a page: no controls, white space once, at most this many characters. */
export function plainLine(text: string, max: number): string {
  const line = text.replace(unprintable, ' ').replace(/\s+/g, ' ').trim();
  const characters = [...line.slice(0, 2 * max)];
  return characters.length <= max ? characters.join('') : `${characters.slice(0, max - 1).join('')}…`;
}
