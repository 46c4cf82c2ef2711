import Fastify from 'fastify';
import { IpfsNode } from '../node.ts';
import { ipfsRpcRoutes } from '../rpc-routes.ts';

/** The embedded node alone in a process of its own, so that a test can kill it: prints its address. Port 0 is any free one. */
const [directory, port = '0'] = process.argv.slice(2);
if (directory === undefined) throw new Error('usage: serve.ts DIRECTORY [PORT]');
const node = new IpfsNode(directory);
await node.open();
const app = Fastify();
await app.register(ipfsRpcRoutes, { prefix: '/api/v0', node, maxUploadBytes: 64 * 1024 * 1024 });
console.log(await app.listen({ port: Number(port), host: '127.0.0.1' }));
