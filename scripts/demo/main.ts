// `npm run demo [-- --headless] [--json] [--port N] [--dir FOLDER]`
import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { root } from '../process.ts';
import { runDemo } from './demo.ts';
import type { Summary } from './summary.ts';

// Until the app is open there is nothing to end well: the exit takes every process of the demo with it.
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const quit = () => process.exit(1);
for (const signal of signals) process.once(signal, quit);

const usage = `npm run demo [-- OPTIONS]

Runs a governed training round with honest and hostile participants on real data, then leaves the web app open.

  --headless   end when it is done instead of leaving the web app open
  --json       print one JSON object (schema covey.demo/2) on stdout; npm's own lines go away with \`npm run -s\`
  --port N     port of the server and the web app (default 4321; 0 for any free one)
  --dir PATH   folder for what it writes: a new one, or one of an earlier demo, which is emptied (default .covey/demo)
  --help

Exit code 0 only if everything checked out.
`;

const { values } = parseArguments();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const port = Number(values.port ?? (values.headless ? 0 : 4321));
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write(`--port: expected a number from 0 to 65535, got ${values.port}.\n`);
  process.exit(2);
}

const started = Date.now();
const { summary, world, stop } = await runDemo({ dir: values.dir ?? join(root, '.covey', 'demo'), port });
summary.seconds = Math.round((Date.now() - started) / 1000);

if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
else process.stdout.write(describe(summary));

if (values.headless) {
  await stop();
  process.exit(summary.passed ? 0 : 1);
}
process.stderr.write(`\nThe web app is open at ${world.serverUrl} (chain ${world.chain.rpcUrl}). Ctrl+C ends it.\n`);
for (const signal of signals) {
  process.off(signal, quit).once(signal, () => void stop().finally(() => process.exit(summary.passed ? 0 : 1)));
}

function parseArguments() {
  try {
    return parseArgs({
      options: {
        headless: { type: 'boolean' },
        json: { type: 'boolean' },
        port: { type: 'string' },
        dir: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

function describe(summary: Summary): string {
  const failed = summary.checks.filter(({ passed }) => !passed);
  const percent = (ratio: number) => `${(ratio * 100).toFixed(2)} %`;
  return [
    '',
    `${summary.checks.length - failed.length} of ${summary.checks.length} checks passed in ${summary.seconds} s.`,
    ...failed.map(({ name, detail }) => `✗ ${name}: ${detail ?? ''}`),
    `Accuracy on ${summary.accuracy.samples} hidden digits: ${percent(summary.accuracy.before)} at first, ${percent(summary.accuracy.after)} now.`,
    '',
  ].join('\n');
}
