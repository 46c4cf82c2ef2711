import { escapeHidden } from '../text.ts';

// What others chose stands in Markdown as text: nothing of it can end a line, open HTML, a link, code or a table's cell.

/** Every ASCII punctuation mark may stand behind a backslash and then means itself (CommonMark 0.31, 2.4). */
export const plain = (text: string): string => escapeHidden(text).replace(/[!-/:-@[-`{-~]/g, (mark) => `\\${mark}`);

/** For what is only of letters and digits by its schema: hashes, CIDs, addresses. */
export const code = (text: string | number): string => `\`${text}\``;

export type Cell = string | number;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
