import type { BenchRow } from './row.ts';

export function formatBench(rows: BenchRow[]): string {
  const cells = [
    ['kernel', 'n', 'd', 'threads', 'rate', 'times the rate of'],
    ...rows.map((row) => [
      row.kernel,
      String(row.n),
      String(row.d),
      String(row.threads),
      `${row.value.toFixed(2)} ${row.unit}`,
      row.against.map(({ name, ratio }) => `${name} ${ratio.toFixed(2)}`).join(', '),
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
