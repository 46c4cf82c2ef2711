export interface Check {
  name: string;
  passed: boolean;
  detail?: string;
}

/** Collects what must hold. A failed check does not stop the demo; it decides the exit code. */
export class CheckList {
  readonly checks: Check[] = [];

  expect(name: string, passed: boolean, detail?: string): void {
    this.checks.push({ name, passed, ...(detail === undefined ? {} : { detail }) });
    process.stderr.write(`  ${passed ? '✓' : '✗'} ${name}${detail ? ` (${detail})` : ''}\n`);
  }

  equal(name: string, actual: unknown, expected: unknown): void {
    const passed = String(actual) === String(expected);
    this.expect(name, passed, passed ? String(actual) : `expected ${String(expected)}, got ${String(actual)}`);
  }

  get passed(): boolean {
    return this.checks.length > 0 && this.checks.every(({ passed }) => passed);
  }
}
