export { createServer } from './app.ts';
export type { CoveyServer, ServerOptions } from './app.ts';
export { serverErrors } from './errors.ts';
export type { ServerErrorCode } from './errors.ts';
