import module from 'node:module';

// Modules are loaded after this: the second start finds them stripped and compiled, in half the time. Node 20 cannot.
module.enableCompileCache?.();
const { daemonGroups, daemonOf } = await import('./daemons.ts');
const daemon = await daemonOf(process.argv.slice(2));
const [{ runCli }, { programOf }, { speak }, { languageOf }] = await Promise.all([
  import('./run-cli.ts'),
  import('./program-of.ts'),
  import('./words/say.ts'),
  import('./words/language.ts'),
]);
await speak(languageOf(process.argv.slice(2), process.env));
await runCli(daemon ? programOf([daemon], daemonGroups) : (await import('./program.ts')).covey());
