import { performance } from 'node:perf_hooks';

export interface StepRecord {
  name: string;
  /** Seconds, rounded to milliseconds. */
  seconds: number;
}

/** Prints what is happening on stderr and keeps how long each step took. */
export class Progress {
  readonly steps: StepRecord[] = [];
  readonly #started = performance.now();

  async step<Result>(name: string, work: (detail: (text: string) => void) => Promise<Result>): Promise<Result> {
    const started = performance.now();
    process.stderr.write(`\n▸ ${name}\n`);
    const result = await work((text) => this.detail(text));
    const seconds = Math.round(performance.now() - started) / 1000;
    this.steps.push({ name, seconds });
    process.stderr.write(`  done in ${seconds.toFixed(1)} s (${this.elapsed().toFixed(0)} s in all)\n`);
    return result;
  }

  detail(text: string): void {
    process.stderr.write(`  ${text}\n`);
  }

  /** Seconds since the start. */
  elapsed(): number {
    return (performance.now() - this.#started) / 1000;
  }
}
