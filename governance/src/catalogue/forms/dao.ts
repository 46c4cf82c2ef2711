import { hexToString } from 'viem';
import type { Address, Hex } from 'viem';
import { registerCallback, setDaoUri, setMetadata, setTrustedForwarder } from '../dao.ts';
import { argsOf, defineForm } from './form.ts';

export const daoForms = [
  defineForm({
    kind: 'dao.metadata',
    fields: { uri: { type: 'uri' } },
    build: (deployment, { uri }) => setMetadata(deployment, uri),
    read(calls) {
      const args = argsOf<{ _metadata: Hex }>(calls, 'dao', 'setMetadata');
      return args && { uri: hexToString(args._metadata) };
    },
  }),
  defineForm({
    kind: 'dao.uri',
    fields: { uri: { type: 'uri' } },
    build: (deployment, { uri }) => setDaoUri(deployment, uri),
    read(calls) {
      const args = argsOf<{ newDaoURI: string }>(calls, 'dao', 'setDaoURI');
      return args && { uri: args.newDaoURI };
    },
  }),
  defineForm({
    kind: 'dao.forwarder',
    fields: { forwarder: { type: 'address' } },
    build: (deployment, { forwarder }) => setTrustedForwarder(deployment, forwarder),
    read(calls) {
      const args = argsOf<{ _newTrustedForwarder: Address }>(calls, 'dao', 'setTrustedForwarder');
      return args && { forwarder: args._newTrustedForwarder };
    },
  }),
  defineForm({
    kind: 'dao.callback',
    fields: { interfaceId: { type: 'bytes4' }, selector: { type: 'bytes4' }, magic: { type: 'bytes4' } },
    build: (deployment, callback) => registerCallback(deployment, callback),
    read(calls) {
      const args = argsOf<{ _interfaceId: Hex; _callbackSelector: Hex; _magicNumber: Hex }>(
        calls,
        'dao',
        'registerStandardCallback',
      );
      return args && { interfaceId: args._interfaceId, selector: args._callbackSelector, magic: args._magicNumber };
    },
  }),
] as const;
