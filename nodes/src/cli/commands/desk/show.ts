import { readDeskDocuments, readDeskRequest } from '@covey/client/inference';
import { bytesToHex } from 'viem';
import { coveyText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { phrase, say } from '../../words/say.ts';
import { lineOf, toldOfDocument } from './lines.ts';

export const deskShow = defineCommand({
  name: 'desk show',
  summary: 'A request at the desk: its answer, a dispute, and what came of it',
  examples: ['desk show --request 1'],
  options: { ...chainOptions, request: required('--request <id>', 'request', positiveId) },
  async run(options, out) {
    const covey = await openChain(options);
    const request = await readDeskRequest(covey, options.request);
    const documents = await readDeskDocuments(covey, options.request);
    const hex = (bytes: Uint8Array | null) => bytes && bytesToHex(bytes);
    const { input, answer, dispute, ruling, called } = documents;
    const [told, rather] = [toldOfDocument(answer), toldOfDocument(dispute)];
    const { node, disputer, bond } = request;
    const lines = [lineOf(request)];
    const text = (value: string | number[] | null) =>
      value === null ? phrase('no answer document') : Array.isArray(value) ? value.join(' ') : JSON.stringify(value);
    if (node) lines.push(say`${node} answered: ${text(told)}`);
    if (disputer) lines.push(say`${disputer} disputes it with a bond of ${coveyText(bond)}: ${text(rather)}`);
    if (ruling) lines.push(say`the DAO ruled: ${phrase(ruling)}`);
    if (called !== null) lines.push(called ? say`its asker took the answer` : say`no callback took the answer`);
    out.result(
      'covey.desk-show/1',
      { ...request, inputBytes: hex(input), answer: hex(answer), dispute: hex(dispute), told, ruling, called },
      lines,
    );
  },
});
