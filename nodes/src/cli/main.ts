import module from 'node:module';

// Modules are loaded after this: the second start finds them stripped and compiled, in half the time. Node 20 cannot.
module.enableCompileCache?.();
const [{ runCli }, { covey }] = await Promise.all([import('./run-cli.ts'), import('./program.ts')]);
await runCli(covey());
