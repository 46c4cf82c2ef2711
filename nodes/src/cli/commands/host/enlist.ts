import { codecs, readActingFor } from '@covey/client';
import { enlistHost, readHost, renewHost, updateHost } from '@covey/client/inference';
import { readOffer } from '../../../inference/offer-file.ts';
import { ethereumAddress, positive } from '../../arguments.ts';
import { openSender, openStore } from '../../context.ts';
import { defineCommand, flag, optional, preset, required } from '../../define-command.ts';
import { accountOptions, contentOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostEnlist = defineCommand({
  name: 'host enlist',
  summary: 'Enter the registry of hosts with an offer and an endpoint; once entered, say other terms',
  examples: [
    'host enlist --offer offer.json --endpoint https://host.example --key-file host.key   # what is allocated to task 0 as host is bound',
    'host enlist --offer newer.json --endpoint https://host.example --renew   # and bind what was allocated since',
  ],
  options: {
    ...accountOptions,
    ...contentOptions,
    offer: required('--offer <file>', 'what is served at which price; it is put into the IPFS node'),
    endpoint: required('--endpoint <url>', 'where clients reach the host'),
    signer: optional('--signer <address>', 'whose key signs answers (default: the own account)', ethereumAddress),
    capacity: preset('--capacity <n>', 'requests that it takes at once', 64, positive),
    renew: flag('--renew', 'bind more of the stake where more is allocated now'),
  },
  async run(options, out) {
    const { endpoint, capacity, signer } = options;
    const { bytes } = await readOffer(options.offer);
    const covey = await openSender(options);
    const offer = await openStore(options).putBlock(codecs.dagJson, bytes);
    const node = await readActingFor(covey, covey.sender.address);
    const known = await readHost(covey, node);
    const terms = { endpoint, offer, signer: signer ?? covey.sender.address, capacity };
    const isKnown = known?.state === 'enlisted';
    const sent = isKnown ? await updateHost(covey, terms) : await enlistHost(covey, terms);
    if (isKnown && options.renew) await renewHost(covey);
    const { tx, gasUsed } = sent;
    out.result('covey.host-enlist/1', { node, ...terms, tx, gasUsed }, [
      isKnown ? say`the host ${node} has other terms now` : say`enlisted ${node} as a host`,
      say`offer ${offer}, answers signed by ${terms.signer}`,
    ]);
  },
});
