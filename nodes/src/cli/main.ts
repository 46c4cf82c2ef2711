import { enableCompileCache } from 'node:module';

// Modules are loaded after this: the second start finds them stripped and compiled, in half the time.
enableCompileCache();
// A reader that goes away (`| head`, a log collector that died) must not end a node that has stake at risk.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
const { runCli } = await import('./program.ts');
await runCli();
// Open keep-alive connections would hold the process; wait only until what was printed is out.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit();
