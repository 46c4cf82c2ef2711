/** Where a method was published. */
export interface Paper {
  title: string;
  authors: string;
  year: number;
  link: string;
}
