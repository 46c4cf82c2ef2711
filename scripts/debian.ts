import { run } from './process.ts';

/** Installs packages of Debian; `why` says who needs them, and what else helps. */
export async function installPackages(packages: string[], why: { needs: string; instead: string }): Promise<void> {
  process.stderr.write(`Covey: installing ${packages[0]} from Debian’s packages…\n`);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  for (const args of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ]) {
    const [command, ...rest] = [...asRoot, ...args] as [string, ...string[]];
    const result = await run(command, rest, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (result.code !== 0) {
      throw new Error(
        `${why.needs} and \`${args.join(' ')}\` failed: ${result.stderr.trim().slice(-400)}\n${why.instead}`,
      );
    }
  }
}
