import type { Estimate } from '@covey/nodes/simulation';

export interface Dot {
  name: string;
  values: (Estimate | undefined)[];
}

const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

/** Means with their intervals, a row each and a colour a series: no scripts, no fonts, readable on paper. */
export function dotChart(
  title: string,
  series: readonly string[],
  rows: readonly Dot[],
  most: number,
  mark: number,
): string {
  const [line, left, right, top] = [18, 210, 30, 62];
  const width = 760;
  const height = top + rows.length * line + 30;
  const x = (value: number) => left + (Math.min(Math.max(value, 0), most) / most) * (width - left - right);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="22" font-size="15" fill="#222">${escape(title)}</text>`,
    `<line x1="${x(mark)}" x2="${x(mark)}" y1="${top - 8}" y2="${height - 24}" stroke="#888" stroke-dasharray="4 3"/>`,
  ];
  series.forEach((name, i) => {
    const at = left + i * 140;
    parts.push(
      `<circle cx="${at}" cy="40" r="4" fill="${colours[i % 4]}"/><text x="${at + 8}" y="44" fill="#222">${escape(name)}</text>`,
    );
  });
  for (let tick = 0; tick <= most; tick += most / 4)
    parts.push(`<text x="${x(tick)}" y="${height - 8}" text-anchor="middle" fill="#444">${tick}</text>`);
  rows.forEach(({ name, values }, row) => {
    const y = top + row * line;
    parts.push(`<text x="${left - 8}" y="${y + 4}" text-anchor="end" fill="#222">${escape(name)}</text>`);
    values.forEach((value, i) => {
      if (!value || !Number.isFinite(value.mean)) return;
      const at = (y - 4.5 + (9 * (i + 0.5)) / values.length).toFixed(1);
      const [from, to] = [x(value.mean - value.interval), x(value.mean + value.interval)].map((end) => end.toFixed(1));
      parts.push(
        `<line x1="${from}" x2="${to}" y1="${at}" y2="${at}" stroke="${colours[i % 4]}"/>`,
        `<circle cx="${x(value.mean).toFixed(1)}" cy="${at}" r="3" fill="${colours[i % 4]}"/>`,
      );
    });
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
