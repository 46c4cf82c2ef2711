/** An SVG heat map of accuracies from 0 to 1: no scripts, no fonts, readable in any browser and on paper. */
export function heatMap(title: string, rows: string[], columns: string[], values: number[][]): string {
  const [cell, line, left, top] = [74, 28, 220, 110];
  const width = left + columns.length * cell + 20;
  const height = top + rows.length * line + 20;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="24" font-size="15" fill="#222">${escape(title)}</text>`,
  ];
  columns.forEach((name, x) => {
    const at = `${left + x * cell + cell / 2 - 4},${top - 10}`;
    parts.push(`<text transform="translate(${at}) rotate(-30)" fill="#222">${escape(name)}</text>`);
  });
  rows.forEach((name, y) => {
    const middle = top + y * line + line / 2 + 5;
    parts.push(`<text x="${left - 10}" y="${middle}" text-anchor="end" fill="#222">${escape(name)}</text>`);
    columns.forEach((_, x) => {
      const value = values[y]![x]!;
      const [at, under] = [left + x * cell, top + y * line];
      parts.push(
        `<rect x="${at}" y="${under}" width="${cell - 2}" height="${line - 2}" fill="${colour(value)}"/>`,
        `<text x="${at + cell / 2 - 1}" y="${middle}" text-anchor="middle" fill="${value < 0.5 ? '#fff' : '#222'}">${(value * 100).toFixed(1)}</text>`,
      );
    });
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** From dark violet (0) over green to light yellow (1): ordered by lightness, so that it survives grey print. */
function colour(value: number): string {
  const stops = [
    [68, 1, 84],
    [59, 82, 139],
    [33, 145, 140],
    [94, 201, 98],
    [253, 231, 37],
  ];
  const at = Math.min(Math.max(value, 0), 1) * (stops.length - 1);
  const index = Math.min(Math.floor(at), stops.length - 2);
  const mixed = stops[index]!.map((from, i) => Math.round(from + (stops[index + 1]![i]! - from) * (at - index)));
  return `rgb(${mixed.join(',')})`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
