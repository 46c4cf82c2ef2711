// Runs one of the repository's TypeScript scripts on the pinned Node, installing and building what is missing first.
// Plain JavaScript without dependencies: it must start on any Node >= 20 in a clone that has no node_modules.
//   node scripts/bootstrap.mjs SCRIPT [arguments]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binaries = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.covey-installed');

const [major] = process.versions.node.split('.').map(Number);
if (major < 20)
  fail(`Covey needs Node 20 or newer to install itself; this is ${process.version}. Install a newer Node.`);

const [script, ...args] = process.argv.slice(2);
if (!script) fail('usage: node scripts/bootstrap.mjs SCRIPT [arguments]');

const node = [join(binaries, 'node'), '--disable-warning=ExperimentalWarning'];
const environment = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH ?? ''}` };

install();
build();
run();

function install() {
  const lockfile = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (installed === lockfile && existsSync(join(binaries, 'node'))) return;

  process.stderr.write('Covey: installing dependencies (about a minute the first time)…\n');
  // npm's own output goes to stderr, so that a command's stdout stays machine-readable. What the outer npm was told
  // about its own run (silence, JSON, omitted groups) is not for this one; registry, proxy and certificates are.
  const ours =
    /^npm_(lifecycle_|package_|config_(omit|include|only|production|dev|optional|ignore_scripts|json|silent|loglevel|workspaces?)$)/i;
  const forNpm = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const command = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', command, { cwd: root, env: forNpm, stdio: ['ignore', 2, 2] });
  if (result.error) fail(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) fail(`npm ci failed with exit code ${result.status}; see its messages above.`);
  if (!existsSync(join(binaries, 'node'))) {
    fail('npm ci did not install the pinned Node (package "node"). Allow its install script and try again.');
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lockfile);
}

/** scripts/build.ts knows what which script needs; what it says goes to stderr. */
function build() {
  const [program, ...flags] = node;
  const command = [...flags, join(root, 'scripts/build.ts'), '--for', script];
  const { status, error } = spawnSync(program, command, { stdio: ['ignore', 2, 2], env: environment });
  if (error) fail(`the pinned Node could not be started: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

function run() {
  const [program, ...flags] = node;
  const child = spawn(program, [...flags, join(root, script), ...args], { stdio: 'inherit', env: environment });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
  child.on('error', (error) => fail(`the pinned Node could not be started: ${error.message}`));
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
