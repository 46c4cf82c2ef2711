import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { serverError } from '../errors.ts';
import { sendError } from './errors.ts';

/** Serves the built web app; paths that are no file are the app's own, and get its page. */
export async function webRoutes(app: FastifyInstance, { dist }: { dist: string | undefined }): Promise<void> {
  const page = dist !== undefined && existsSync(join(dist, 'index.html'));
  if (dist !== undefined && page) {
    await app.register(fastifyStatic, {
      root: dist,
      wildcard: false,
      index: ['index.html'],
      setHeaders(reply, path) {
        const hashed = /[\\/]assets[\\/]/.test(path);
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage =
      (request.method === 'GET' || request.method === 'HEAD') && !/^\/(api|ipfs|graphql|snapshot)(\/|$)/.test(path);
    if (page && isPage && !/\.[a-z0-9]{1,8}$/i.test(path))
      return reply.header('cache-control', 'no-cache').sendFile('index.html');
    const hint = !page && isPage ? 'The web app is not built: run `npm run build`.' : undefined;
    return sendError(reply, serverError('SERVER_NOT_FOUND', `there is nothing at ${request.method} ${path}`, { hint }));
  });
}
