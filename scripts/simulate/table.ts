import type { Estimate } from '@covey/nodes/simulation';

/** A table in markdown; columns are separated by ` | ` in header and lines. */
export function table(header: string, lines: readonly string[]): string {
  const columns = header.split(' | ').length;
  return [header, Array.from({ length: columns }, () => '---').join(' | '), ...lines]
    .map((line) => `| ${line} |`)
    .join('\n');
}

/** What is long, behind its own line. */
export function folded(summary: string, text: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

export function text({ mean, interval, n }: Estimate, digits = 2): string {
  if (n === 0 || !Number.isFinite(mean)) return '–';
  return n === 1 ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${interval.toFixed(digits)}`;
}

export function percent({ mean, n }: Estimate): string {
  return n === 0 || !Number.isFinite(mean) ? '–' : `${Math.round(mean * 100)} %`;
}
