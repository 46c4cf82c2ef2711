import { getAddress, keccak256, numberToHex, sliceHex, stringToHex, zeroAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { contractNames, coveyTokenAbi, daoAbi } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import { custodianKinds } from '@covey/contracts/abi/enums';
import type { CustodianKindName } from '@covey/contracts/abi/enums';
import type { CoveyChain } from '@covey/client';
import { coveyCustodians } from '../permissions.ts';

/** Power over the DAO or its votes that is no permission: what to look at, and what was found. */
export type AuditFinding =
  /** Keeps tokens that go on voting for their owners, without being one of Covey's; or is one, and is not listed. */
  | { what: 'custodian'; address: Address; expected: CustodianKindName; got: CustodianKindName }
  /** May speak for anybody to the DAO (ERC-2771). */
  | { what: 'forwarder'; address: Address }
  /** The DAO runs other code than when it was made, or than its last upgrade said. */
  | { what: 'implementation'; address: Address; said: readonly Address[] }
  /** There is no code where a contract should be. */
  | { what: 'no-code'; contract: ContractName; address: Address };

export interface ContractAudit {
  findings: AuditFinding[];
  /** keccak256 of the code at each contract's address, and of what the DAO's proxy runs: two auditors can compare them. */
  codeHashes: Partial<Record<ContractName | 'daoImplementation', Hex>>;
}

/** Where a proxy keeps the address of its code (ERC-1967). No view tells it. */
export const implementationSlot = numberToHex(BigInt(keccak256(stringToHex('eip1967.proxy.implementation'))) - 1n, {
  size: 32,
});

/** What permissions do not tell: custodians of votes, the trusted forwarder, the DAO's own code, and that of each contract. */
export async function auditContracts(covey: CoveyChain): Promise<ContractAudit> {
  const { publicClient, deployment } = covey;
  const [custodians, forwarder, implementation, codes] = await Promise.all([
    custodianFindings(covey),
    publicClient.readContract({ address: deployment.dao, abi: daoAbi, functionName: 'getTrustedForwarder' }),
    daoImplementation(covey),
    Promise.all(
      contractNames.flatMap((contract) => {
        const address = deployment[contract];
        return address === undefined ? [] : [codeOf(covey, contract, address)];
      }),
    ),
  ]);
  const findings: AuditFinding[] = [...custodians, ...implementation.findings];
  if (forwarder !== zeroAddress) findings.push({ what: 'forwarder', address: getAddress(forwarder) });
  for (const { contract, address, hash } of codes) {
    if (hash === undefined) findings.push({ what: 'no-code', contract, address });
  }
  const hashes = [
    ...codes.map(({ contract, hash }) => [contract, hash] as const),
    ['daoImplementation', implementation.hash] as const,
  ];
  return { findings, codeHashes: Object.fromEntries(hashes.filter(([, hash]) => hash !== undefined)) };
}

async function codeOf({ publicClient }: CoveyChain, contract: ContractName, address: Address) {
  const code = await publicClient.getCode({ address });
  return { contract, address, hash: code && keccak256(code) };
}

async function custodianFindings(covey: CoveyChain): Promise<AuditFinding[]> {
  const { deployment } = covey;
  const toBlock = await covey.publicClient.getBlockNumber({ cacheTime: 0 });
  const events = await covey.events({
    address: deployment.token,
    abi: coveyTokenAbi,
    eventName: 'CustodianSet',
    toBlock,
  });
  const listed = new Map<Address, CustodianKindName>();
  for (const { args } of events) listed.set(getAddress(args.custodian), custodianKinds[args.kind] ?? 'none');
  const expected = new Map<Address, CustodianKindName>(
    Object.entries(coveyCustodians).map(([name, kind]) => [
      getAddress(deployment[name as keyof typeof coveyCustodians]),
      kind,
    ]),
  );
  return [...new Set([...listed.keys(), ...expected.keys()])].flatMap((address): AuditFinding[] => {
    const got = listed.get(address) ?? 'none';
    const wanted = expected.get(address) ?? 'none';
    return got === wanted ? [] : [{ what: 'custodian', address, expected: wanted, got }];
  });
}

async function daoImplementation(covey: CoveyChain): Promise<{ findings: AuditFinding[]; hash: Hex | undefined }> {
  const { publicClient, deployment } = covey;
  const { dao } = deployment;
  const toBlock = await publicClient.getBlockNumber({ cacheTime: 0 });
  const [word, upgrades] = await Promise.all([
    publicClient.getStorageAt({ address: dao, slot: implementationSlot }),
    covey.events({ address: dao, abi: daoAbi, eventName: 'Upgraded', toBlock }),
  ]);
  const address = word === undefined ? zeroAddress : getAddress(sliceHex(word, 12));
  const code = await publicClient.getCode({ address });
  const said = upgrades.map(({ args }) => getAddress(args.implementation));
  // A DAO that was made before the deployment said nothing since; one that was made with it said it once.
  const same = said.length === 0 || (said.length === 1 && said[0] === address);
  return {
    findings: same ? [] : [{ what: 'implementation', address, said }],
    hash: code && keccak256(code),
  };
}
