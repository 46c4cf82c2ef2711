/**
 * Writes contracts/test/vectors/snapshot-votes.json: a proposal and votes as the real snapshot.js posts them, signed with
 * ethers wallets, for a plugin at a fixed address on a fixed chain. `node governance/src/testing/snapshot-vectors.ts`.
 * Signatures are deterministic (RFC 6979), so the file is the same each time.
 */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Wallet } from '@ethersproject/wallet';
import {
  encodeAbiParameters,
  keccak256,
  parseAbiParameters,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
  stringToHex,
} from 'viem';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { snapshotJs } from './snapshot-js.ts';

interface Posted {
  address: string;
  sig: Hex;
  data: { domain: never; types: never; message: Record<string, unknown> };
}

let posted: Posted;
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    posted = JSON.parse(body) as Posted;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ id: '0x', ipfs: '', relayer: { address: '', receipt: '' } }));
  });
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const client = new snapshotJs.Client712(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

const wallets = [1, 2, 3, 4, 5].map((n) => new Wallet(keccak256(stringToHex(`covey snapshot voter ${n}`))));
const space = 'covey.eth';
const chainId = 31337;
const plugin = '0xc0FFee254729296a45a3885639AC7E10F9d54979';
/** The account that Foundry's `makeAddr` gives for a name. */
const stranger = privateKeyToAccount(keccak256(stringToHex('stranger'))).address;
const actions = [1n, 2n].map((ether) => ({ to: stranger, value: ether * 10n ** 18n, data: '0x' as const }));
const actionsHash = keccak256(
  encodeAbiParameters(parseAbiParameters('(address to, uint256 value, bytes data)[]'), [actions]),
);
const start = 1_800_000_000;

/** Solidity reads the signature in the form of EIP-2098. */
const compact = (sig: Hex): Hex => serializeCompactSignature(signatureToCompactSignature(parseSignature(sig)));

const proposal = {
  space,
  type: 'basic' as const,
  title: 'Wider shards',
  body: 'A *body* with ünïcode 树 and a "quote"\nand a second line',
  discussion: 'https://example.org/42',
  choices: ['For', 'Against', 'Abstain'],
  labels: [],
  start,
  end: start + 86_400,
  snapshot: 1002,
  plugins: JSON.stringify({
    covey: { chainId: String(chainId), plugin: plugin.toLowerCase(), actions: actionsHash },
  }),
  app: 'covey',
  timestamp: start - 600,
};
await client.proposal(wallets[0] as never, wallets[0]!.address, proposal);
const proposalPost = posted!;
const id = snapshotJs.utils.getHash(proposalPost.data) as Hex;

const texts = [
  {},
  { reason: 'why not' },
  { app: 'snapshot' },
  { metadata: '{"a":1}' },
  { reason: '理由', app: 'x', metadata: '{"b":2}' },
];
const votes = [];
for (const [n, wallet] of wallets.entries()) {
  const type = 'basic' as const;
  const vote = { space, proposal: id, type, choice: (n % 3) + 1, timestamp: start + 60 * n, ...texts[n] };
  await client.vote(wallet as never, wallet.address, vote);
  votes.push({
    message: posted!.data.message,
    digest: snapshotJs.utils.getHash(posted!.data) as Hex,
    signature: compact(posted!.sig),
  });
}
server.close();

const file = new URL('../../../contracts/test/vectors/snapshot-votes.json', import.meta.url);
const proposed = { message: proposalPost.data.message, digest: id, signature: proposalPost.sig };
const vectors = { chainId, plugin, actionsHash, proposal: proposed, votes };
writeFileSync(file, `${JSON.stringify(vectors, null, 2)}\n`);
