// Blocks of a Markdown file that are written by a program: `<!-- run NAME -->` or `<!-- numbers NAME -->` until `<!-- end -->`.

export interface Block {
  kind: 'run' | 'numbers';
  name: string;
  text: string;
}

const pattern = /<!-- (run|numbers) ([\w-]+) -->\n([^]*?)\n?<!-- end -->/g;

export const blocksOf = (markdown: string): Block[] =>
  [...markdown.matchAll(pattern)].map(([, kind, name, text]) => ({
    kind: kind as Block['kind'],
    name: name!,
    text: text!.trim(),
  }));

/** The file with what a block holds now; one that there is nothing new for stays. */
export const withBlocks = (markdown: string, textOf: (block: Block) => string | undefined): string =>
  markdown.replace(pattern, (whole, kind: Block['kind'], name: string, text: string) => {
    const next = textOf({ kind, name, text: text.trim() });
    return next === undefined ? whole : `<!-- ${kind} ${name} -->\n\n${next.trim()}\n\n<!-- end -->`;
  });

/** What was typed in a block of a terminal. */
export const typedIn = (text: string): string[] => [...text.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line!);
