// Golden vectors of sealed files and of wrapped keys, which the contracts' tests read: node scripts/sealed-vectors.ts
// writes contracts/test/vectors/sealed.json; --check fails where it is stale. Everything in them is made from small numbers.
import { readFile, writeFile } from 'node:fs/promises';
import {
  PositionalTree,
  addLeaves,
  buyerSecret,
  checkSealed,
  contentKeyHash,
  encodeSealedManifest,
  keyEvidence,
  pieceEvidence,
  proveShared,
  provesContent,
  publicKeyOf,
  scalarOf,
  seal,
  sealedSizes,
  unwrapKey,
  verifyShared,
  wrapKey,
  type SealedManifest,
} from '@covey/protocol/sealed';
import { documentCid, fileCid, parameterRoot, sha256Hex } from '@covey/protocol';
import { bytesToHex, concat, getAddress, hexToBytes, keccak256, numberToHex, stringToBytes, type Hex } from 'viem';

const path = new URL('../contracts/test/vectors/sealed.json', import.meta.url);

/** Byte i is 7·i + ⌊i/256⌋ mod 256. */
const plaintextOf = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => 7 * i + Math.floor(i / 256));
const keyOf = (n: number) => hexToBytes(keccak256(stringToBytes(`content key ${n}`)));
const scalar = (name: string) => scalarOf(hexToBytes(concat([keccak256(stringToBytes(name)), keccak256('0x01')])));
const joined = (parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const address = (n: number) => getAddress(numberToHex(n, { size: 20 }));

interface Sealed {
  key: Uint8Array;
  manifest: Omit<SealedManifest, 'schema' | 'name' | 'description' | 'maker'>;
  ciphertext: Uint8Array;
  leaves: Uint8Array;
}

/** `promised` is what the leaves are of: of an honest seller the plaintext itself. */
async function sealed(plaintext: Uint8Array, key: Uint8Array, promised = plaintext): Promise<Sealed> {
  const [cipherTree, ciphertext, leaves] = [new PositionalTree(), [] as Uint8Array[], [] as Uint8Array[]];
  for await (const chunk of seal([plaintext], { key, bytes: plaintext.length })) {
    ciphertext.push(chunk.sealed);
    addLeaves(cipherTree, chunk.cipherLeaves);
  }
  for await (const chunk of seal([promised], { key, bytes: promised.length })) leaves.push(chunk.plainLeaves);
  const files = { ciphertext: joined(ciphertext), leaves: joined(leaves) };
  const manifest = {
    bytes: plaintext.length,
    keyHash: contentKeyHash(key),
    plainRoot: parameterRoot(promised),
    cipherRoot: cipherTree.root(),
    ciphertext: await fileCid(files.ciphertext),
    leaves: await fileCid(files.leaves),
  };
  await checkSealed(manifest, { ciphertext: [files.ciphertext], leaves: [files.leaves] });
  return { key, manifest, ...files };
}

async function fileCase(bytes: number, n: number) {
  const file = await sealed(plaintextOf(bytes), keyOf(n));
  return {
    key: bytesToHex(file.key),
    ...file.manifest,
    ...{ chunks: sealedSizes(bytes).chunks, pieces: sealedSizes(bytes).pieces },
    ciphertextSha256: sha256Hex(file.ciphertext),
    leavesSha256: sha256Hex(file.leaves),
  };
}

/** A seller who promises `changed` pieces that the ciphertext does not hold, and one who is honest. */
async function contentCases(bytes: number, n: number, changed: number[], asked: number[]) {
  const plaintext = plaintextOf(bytes);
  const promised = plaintext.slice();
  for (const piece of changed) promised[1024 * piece]! ^= 1;
  const file = await sealed(plaintext, keyOf(n), promised);
  const cases = [];
  for (const index of asked) {
    const served = { ciphertext: [file.ciphertext], leaves: [file.leaves] };
    const evidence = await pieceEvidence(file.manifest, file.key, index, served);
    const { keyHash, plainRoot, cipherRoot } = file.manifest;
    const proven = provesContent(file.manifest, evidence);
    cases.push({ bytes, keyHash, plainRoot, cipherRoot, ...evidence, proven });
  }
  return cases;
}

function keyCase(n: number, wrong: boolean) {
  const order = { chainId: [1, 31_337, 8_453][n % 3]!, escrow: address(0xe5c0 + n), orderId: BigInt(1 + 41 * n) };
  const [secret, r, key] = [scalar(`buyer ${n}`), scalar(`delivery ${n}`), keyOf(n)];
  const publicKey = publicKeyOf(secret);
  const delivery = wrapKey(order, publicKey, wrong ? keyOf(1000 + n) : key, r);
  const keyHash = contentKeyHash(key);
  const shared = wrong ? keyEvidence(order, secret, delivery, keyHash) : proveShared(order, secret, delivery.R);
  if (!verifyShared(order, publicKey, delivery.R, shared)) throw new Error('a proof that does not verify');
  return {
    chainId: order.chainId,
    escrow: order.escrow,
    orderId: String(order.orderId),
    secret: numberToHex(secret, { size: 32 }),
    r: numberToHex(r, { size: 32 }),
    key: bytesToHex(key),
    keyHash,
    publicKey,
    R: delivery.R,
    wrapped: delivery.wrapped,
    unwrapped: bytesToHex(unwrapKey(order, secret, delivery)),
    S: shared.S,
    c: numberToHex(shared.c, { size: 32 }),
    z: numberToHex(shared.z, { size: 32 }),
    wrongKey: wrong,
  };
}

function buyerCase(n: number) {
  const place = { chainId: 31_337, escrow: address(0xe5c0), account: address(0xb0b) };
  const signature: Hex = `0x${'11'.repeat(32)}${'22'.repeat(32)}1b`;
  const secret = buyerSecret(place, signature, BigInt(n), n % 2);
  return {
    ...place,
    ...{ signature, listingId: String(n), attempt: n % 2 },
    secret: numberToHex(secret, { size: 32 }),
    publicKey: publicKeyOf(secret),
  };
}

async function manifestCase() {
  const { manifest } = await sealed(plaintextOf(150_000), keyOf(7));
  const document: SealedManifest = {
    ...{ schema: 'covey.sealed/1', name: 'A model', description: 'Sealed.', maker: address(0xa11ce) },
    ...manifest,
  };
  const bytes = encodeSealedManifest(document);
  return { document, text: new TextDecoder().decode(bytes), cid: documentCid(bytes) };
}

// Sizes around pieces and chunks: one byte, a whole piece, a whole chunk, one more, three chunks and a short piece.
const sizes = [1, 1024, 1025, 65_536, 65_537, 150_000, 196_608];
const vectors = {
  schema: 'covey.sealed-vectors/1',
  plaintext: 'byte i of a file is (7 * i + floor(i / 256)) mod 256',
  files: await Promise.all(sizes.map((bytes, i) => fileCase(bytes, i))),
  content: [
    ...(await contentCases(150_000, 7, [], [0, 63, 64, 100, 146])),
    ...(await contentCases(150_000, 8, [0, 63, 64, 100, 146], [0, 63, 64, 100, 146])),
    ...(await contentCases(1, 9, [0], [0])),
    ...(await contentCases(65_536, 10, [63], [62, 63])),
  ],
  keys: [0, 1, 2, 3].flatMap((n) => keyCase(n, n % 2 === 1)),
  buyers: [1, 2].map(buyerCase),
  manifest: await manifestCase(),
};
const text = `${JSON.stringify(vectors, null, 2)}\n`;
if (process.argv.includes('--check')) {
  if ((await readFile(path, 'utf8')) !== text) {
    process.stderr.write('contracts/test/vectors/sealed.json is stale: node scripts/sealed-vectors.ts\n');
    process.exit(1);
  }
} else await writeFile(path, text);
