import { custodianKinds } from '@covey/contracts/abi/enums';
import type { Address } from 'viem';
import { setCustodian } from '../custody.ts';
import { pausableContracts, pauseDeposits, resumeDeposits } from '../deposits.ts';
import type { PausableContract } from '../deposits.ts';
import { argsOf, defineForm } from './form.ts';

export const depositForms = [
  defineForm({
    kind: 'deposits.pause',
    fields: {
      contract: { type: 'contract', options: pausableContracts },
      // At most 30 days after the execution, whose time nobody knows yet.
      until: { type: 'time', max: 2n ** 40n - 1n },
    },
    build: (deployment, { contract, until }) =>
      pauseDeposits(deployment, { contract: contract as PausableContract, until: Number(until) }),
    read(calls) {
      const contract = calls[0]?.contract;
      const args = contract && argsOf<{ until: number }>(calls, contract, 'pauseDeposits');
      return args && { contract, until: BigInt(args.until) };
    },
  }),
  defineForm({
    kind: 'deposits.resume',
    fields: { contract: { type: 'contract', options: pausableContracts } },
    build: (deployment, { contract }) => resumeDeposits(deployment, contract as PausableContract),
    read(calls) {
      const contract = calls[0]?.contract;
      return contract && argsOf<object>(calls, contract, 'resumeDeposits') && { contract };
    },
  }),
  defineForm({
    kind: 'custody.set',
    fields: { custodian: { type: 'address' }, custody: { type: 'choice', options: custodianKinds } },
    build: (deployment, { custodian, custody }) =>
      setCustodian(deployment, { custodian, kind: custody as (typeof custodianKinds)[number] }),
    read(calls) {
      const args = argsOf<{ custodian: Address; kind: number }>(calls, 'token', 'setCustodian');
      const custody = args && custodianKinds[args.kind];
      return custody && { custodian: args.custodian, custody };
    },
  }),
] as const;
