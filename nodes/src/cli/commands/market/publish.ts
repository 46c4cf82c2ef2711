import {
  addFile,
  listOwnModel,
  listSealedModel,
  listTaskModel,
  postBond,
  readTokenUnit,
  type CoveyWriter,
  type Listed,
  type SaleTerms,
} from '@covey/client';
import { MAX_MANIFEST_BYTES, decodeSealedManifest } from '@covey/protocol/sealed';
import { parseEther } from 'viem';
import { nodeError } from '../../../errors.ts';
import { coveyText, tokenText } from '../../../quantities.ts';
import { fileStream } from '../../../sealed/file-stream.ts';
import { duration, ethereumAddress, integer, ratio, taskId, tokenAmount } from '../../arguments.ts';
import { openReader, openSender, openStore } from '../../context.ts';
import { defineCommand, optional, preset, required, type Values } from '../../define-command.ts';
import { accountOptions, readerOptions } from '../../options.ts';
import type { Output } from '../../output.ts';
import { say } from '../../words/say.ts';
import { priceOf } from './lines.ts';

const options = {
  ...accountOptions,
  ...readerOptions,
  price: required('--price <amount>', 'what a licence costs, in the token', tokenAmount),
  task: optional('--task <id>', 'the final model of this task, which is completed', taskId),
  round: optional('--round <n>', 'with --task: the model of this round instead', integer),
  share: optional('--share <ratio>', 'with --task: the creator’s part of sales, at most 0.5 (default: 0.1)', ratio),
  file: optional('--file <file>', 'an own model, open: this file, which is uploaded'),
  cid: optional('--cid <cid>', 'an own model, open: by its CID'),
  manifest: optional('--manifest <cid>', 'an own model, sealed: the CID that `covey seal` printed'),
  token: optional('--token <address>', 'what the price is in: COVEY (default), or a token of the DAO', ethereumAddress),
  period: preset('--period <time>', 'how long a licence runs, as 30d; 0 for ever', 0, duration),
  card: optional('--card <cid>', 'CID of the model card'),
  previous: optional('--previous <id>', 'the own listing that this is a new version of', taskId),
};

export const marketPublish = defineCommand({
  name: 'market publish',
  summary: 'Sell a model: of a task that you created, or your own, open or sealed',
  examples: [
    'market publish --task 1 --price 250 --key-file creator.key',
    'market publish --task 1 --round 2 --price 40 --period 30d --share 0.2 --key-file creator.key',
    'market publish --file model.safetensors --price 10 --key-file me.key',
    'market publish --manifest baguqeer… --price 500 --key-file me.key   # sealed: the policy’s bond goes along',
  ],
  options,
  async run(given, out) {
    requireOneModel(given);
    const covey = await openSender(given);
    const unit = await readTokenUnit(covey, given.token ?? covey.deployment.token);
    const { period, card, previous } = given;
    const terms = { token: unit.token, price: priceOf(given.price, unit), period, card, previous };
    const { listed, model } = await list(covey, given, terms, out);
    const { listingId, tx, gasUsed } = listed;
    const bond =
      given.manifest === undefined ? null : (await postBond(covey, listingId, (event) => out.step(event))).bond;
    out.result(
      'covey.market-publish/1',
      { listingId, model, price: terms.price, token: unit.token, bond, tx, gasUsed },
      [
        say`listing ${listingId}: ${tokenText(terms.price, unit)}`,
        ...(bond === null
          ? []
          : [
              say`a bond of ${coveyText(bond)} stands behind it`,
              say`deliver what is ordered in time: \`covey seller --content-key FILE\` does`,
            ]),
      ],
    );
  },
});

type Options = Values<typeof options>;

function requireOneModel({ task, round, share, file, cid, manifest }: Options): void {
  const models = [task, file, cid, manifest].filter((one) => one !== undefined);
  if (models.length !== 1) {
    throw nodeError('CONFIG_INVALID', 'A listing is of one model.', {
      expected: 'one of --task ID, --file FILE, --cid CID and --manifest CID',
    });
  }
  if (task === undefined && (round !== undefined || share !== undefined)) {
    throw nodeError('CONFIG_INVALID', '--round and --share are of a task’s model.', {
      expected: '--task ID with them',
    });
  }
}

async function list(
  covey: CoveyWriter,
  given: Options,
  terms: SaleTerms,
  out: Output,
): Promise<{ listed: Listed; model: string | null }> {
  const onEvent = (event: Parameters<Output['step']>[0]) => out.step(event);
  const { task, round, share = parseEther('0.1'), file, manifest } = given;
  if (task !== undefined) {
    const sale = { ...terms, creatorShare: share };
    return { listed: await listTaskModel(covey, { taskId: task, round }, sale, onEvent), model: null };
  }
  if (manifest !== undefined) {
    const reader = openReader(given);
    const decoded = decodeSealedManifest(await reader.get(manifest, { maxBytes: MAX_MANIFEST_BYTES }));
    const card = terms.card ?? decoded.card;
    const sealed = { cid: manifest, manifest: decoded };
    return { listed: await listSealedModel(covey, sealed, { ...terms, card }, onEvent), model: manifest };
  }
  const cid = file === undefined ? given.cid! : await addFile(openStore(given), fileStream(file, 'plaintext'));
  return { listed: await listOwnModel(covey, cid, terms, onEvent), model: cid };
}
