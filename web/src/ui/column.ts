/** One column of a table, as its head names it. */
export interface Column {
  text: string;
  /** Numbers stand at the end of their cells. */
  end?: boolean;
  /** What the name means. */
  explain?: string;
}
