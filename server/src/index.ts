export { createServer } from './app.ts';
export type { CoveyServer, ServerOptions } from './app.ts';
export { ServerError, serverErrorCodes } from './errors.ts';
export type { ServerErrorCode } from './errors.ts';
