/** Labels of one series of a metric. */
export type Labels = Readonly<Record<string, string>>;

interface Family {
  type: 'counter' | 'gauge';
  help: string;
  series: Map<string, number>;
}

/**
 * Counters and gauges in the text format that Prometheus reads
 * (https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4).
 */
export class Exposition {
  readonly #families = new Map<string, Family>();

  counter(name: string, help: string): (labels?: Labels, by?: number) => void {
    const { series } = this.#family(name, 'counter', help);
    return (labels = {}, by = 1) => {
      const key = keyOf(labels);
      series.set(key, (series.get(key) ?? 0) + by);
    };
  }

  /** Undefined takes the series away. */
  gauge(name: string, help: string): (value: number | undefined, labels?: Labels) => void {
    const { series } = this.#family(name, 'gauge', help);
    return (value, labels = {}) => {
      const key = keyOf(labels);
      if (value === undefined) series.delete(key);
      else series.set(key, value);
    };
  }

  text(): string {
    const lines: string[] = [];
    for (const [name, { type, help, series }] of this.#families) {
      if (series.size === 0) continue;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [labels, value] of series) lines.push(`${name}${labels} ${numberOf(value)}`);
    }
    return `${lines.join('\n')}\n`;
  }

  #family(name: string, type: Family['type'], help: string): Family {
    const family: Family = { type, help, series: new Map() };
    this.#families.set(name, family);
    return family;
  }
}

function keyOf(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function numberOf(value: number): string {
  return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
