// Runs every suite and ends with `N passed, N failed` alone on a line. `npm test [-- SUITE …]`.
// Suites: check, contracts, python, unit, e2e. A suite that cannot run, or runs no test, counts as a failure.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.ts';
import { ensureChromium } from './chromium.ts';
import { root, run } from './process.ts';
import { ensurePython, testPython } from './python.ts';

interface Count {
  passed: number;
  failed: number;
}

const reports = join(root, '.covey', 'reports');

const suites: Record<string, () => Promise<Count>> = {
  check: async () => {
    const outcomes = await check();
    const passed = outcomes.filter((outcome) => outcome.passed).length;
    return { passed, failed: outcomes.length - passed };
  },
  contracts: forge,
  python: testPython,
  unit: async () => inBrowser('unit', 'vitest.config.ts', { COVEY_PYTHON: await ensurePython() }),
  e2e: async () => inBrowser('e2e', 'e2e/vitest.config.ts', { COVEY_PYTHON: await ensurePython() }),
};

/** Some tests of either suite run in a real browser. */
async function inBrowser(name: string, config: string, env: Record<string, string> = {}): Promise<Count> {
  return vitest(name, config, { ...env, COVEY_CHROMIUM: await ensureChromium() });
}

interface ForgeReport {
  [contract: string]: { test_results: { [test: string]: { status: string; reason?: string | null } } };
}

interface Half {
  name: string;
  tests: string[];
  /** Where its build goes, as forge's environment names it. */
  output: Record<string, string>;
}

/** The compiler uses one core and takes longer than the tests: two halves are compiled and run beside each other. */
const halves: readonly Half[] = [
  { name: 'unit', tests: ['--match-path', 'contracts/test/unit/*'], output: {} },
  {
    name: 'scenarios and invariants',
    tests: ['--no-match-path', 'contracts/test/unit/*'],
    output: { FOUNDRY_OUT: 'out/scenarios', FOUNDRY_CACHE_PATH: 'cache/scenarios' },
  },
];

async function forge(): Promise<Count> {
  const counts = await Promise.all(halves.map(forgeHalf));
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  };
}

async function forgeHalf({ name, tests, output }: Half): Promise<Count> {
  const result = await run('forge', ['test', '--json', ...tests], { env: output });
  let report: ForgeReport;
  try {
    report = JSON.parse(result.stdout.slice(result.stdout.indexOf('{'))) as ForgeReport;
  } catch {
    throw new Error(
      `forge printed no report of ${name} (exit ${result.code}):\n${result.stdout.slice(-2000)}${result.stderr.slice(-4000)}`,
    );
  }
  const count = { passed: 0, failed: 0 };
  for (const [contract, { test_results }] of Object.entries(report)) {
    for (const [test, { status, reason }] of Object.entries(test_results)) {
      if (status === 'Success') count.passed += 1;
      else {
        count.failed += 1;
        process.stderr.write(`✗ ${contract} ${test}: ${reason ?? status}\n`);
      }
    }
  }
  if (count.passed + count.failed === 0) throw new Error(`forge ran no test of ${name}`);
  if (result.code !== 0 && count.failed === 0) {
    throw new Error(`forge ended with ${result.code} though no test of ${name} failed:\n${result.stderr.slice(-4000)}`);
  }
  return count;
}

interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  success: boolean;
  testResults: { name: string; status: string; message: string; assertionResults: { status: string }[] }[];
}

async function vitest(name: string, config: string, env: Record<string, string> = {}): Promise<Count> {
  const file = join(reports, `${name}.json`);
  rmSync(file, { force: true });
  const result = await run(
    'vitest',
    ['run', '--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    { echo: true, env },
  );
  const report = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  // A file that fails before its first test has no failed test of its own.
  const brokenFiles = report.testResults.filter(
    (tested) => tested.status === 'failed' && !tested.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const count = { passed: report.numPassedTests, failed: report.numFailedTests + report.numPendingTests + brokenFiles };
  if ((result.code !== 0 || !report.success) && count.failed === 0) count.failed = 1;
  return count;
}

async function main(): Promise<void> {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((name) => !(name in suites));
  if (unknown.length > 0) {
    process.stderr.write(`No suite is named ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}.\n`);
    process.exit(2);
  }
  mkdirSync(reports, { recursive: true });
  const total = { passed: 0, failed: 0 };
  const lines: string[] = [];
  for (const [name, suite] of Object.entries(suites)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    process.stderr.write(`\n── ${name} ──\n`);
    const started = Date.now();
    let count: Count;
    try {
      count = await suite();
      if (count.passed + count.failed === 0) {
        process.stderr.write(`✗ ${name} ran no test\n`);
        count.failed = 1;
      }
    } catch (error) {
      process.stderr.write(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
      count = { passed: 0, failed: 1 };
    }
    total.passed += count.passed;
    total.failed += count.failed;
    const seconds = Math.round((Date.now() - started) / 1000);
    lines.push(`suite ${name} took ${seconds} s and had ${count.passed} passes and ${count.failed} failures`);
  }
  process.stdout.write(`\n${lines.join('\n')}\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await main();
