// What is done with a model once its task is completed: it is sold, bought and served.
import { addresses, type Step } from './players.ts';

/** A row of the buyer's house as the task's data description makes it. */
const row = '0,1,0,0.31,0.2,0.5,1';

export const saleSteps: readonly Step[] = [
  // The creator sells the task's model, and one of its own that nobody else sees.
  { as: 'creator', type: ['covey market publish --task 1 --price 250'] },
  { as: 'creator', type: ['covey pull 1/last --out own.safetensors'] },
  {
    as: 'creator',
    type: [`covey seal own.safetensors --maker ${addresses.creator} --name "Houses, sealed"`],
    keeps: { manifest: 'cid' },
  },
  { as: 'creator', type: ['covey market publish --manifest {manifest} --price 400'] },
  {
    as: 'creator',
    type: ['covey seller --content-key own.safetensors.key --confirmations 0 --no-withdraw'],
    daemon: true,
  },
  { name: 'buyer-find', as: 'buyer', type: ['covey market list', 'covey market show --listing 1'] },
  { name: 'buyer-provenance', as: 'buyer', type: ['covey provenance 1 --verify'] },
  { name: 'buyer-open', as: 'buyer', type: ['covey market buy --listing 1 --max-price 250 --out model.safetensors'] },
  {
    name: 'buyer-predict',
    as: 'buyer',
    type: ['covey predict --task 1 --model model.safetensors --input few.csv', 'covey card 1 --out README.md'],
  },
  { name: 'buyer-order', as: 'buyer', type: ['covey market buy --listing 2 --out own.safetensors'] },
  { name: 'buyer-orders', as: 'buyer', type: ['covey market orders'] },
  { name: 'buyer-pull', as: 'buyer', type: ['covey pull --order 1 --out own.safetensors'] },
  { name: 'buyer-dispute', as: 'buyer', type: ['covey market dispute --order 1'], exit: 5 },
  { name: 'buyer-settle', as: 'buyer', type: ['covey market settle --order 1'] },
];

export const hostSteps: readonly Step[] = [
  {
    name: 'host-stake',
    as: 'host',
    type: ['covey stake add --amount 10000', 'covey stake allocate --task 0 --role host --ratio 1'],
  },
  {
    name: 'host-offer',
    as: 'host',
    type: ['covey host offer --task 1 --price 0.01 --per-thousand 0.1 --title "A host of houses" --out offer.json'],
  },
  {
    name: 'host-enlist',
    as: 'host',
    type: ['covey host enlist --offer offer.json --endpoint http://127.0.0.1:8787'],
  },
  {
    name: 'host-serve',
    as: 'host',
    type: ['covey host serve --offer offer.json --metrics-port 9464 --redeem-minutes 1'],
    daemon: true,
    then: 'host serving',
  },
  { name: 'buyer-hosts', as: 'buyer', type: ['covey host list --model task-1'] },
  {
    name: 'buyer-ask',
    as: 'buyer',
    type: [`covey ask --model task-1 --row ${row} --insecure --check 1 --answers asked.jsonl`],
  },
  {
    name: 'buyer-audit',
    as: 'buyer',
    type: ['covey audit --answers asked.jsonl', 'covey channel show'],
    then: 'vouchers redeemed',
  },
  { name: 'buyer-close', as: 'buyer', type: [`covey channel close --host ${addresses.host}`] },
  { name: 'host-audit', as: 'host', type: ['covey audit --answers state/host/answers.jsonl'] },
  { name: 'host-leave', as: 'host', type: ['covey host leave', 'covey host leave'], exit: 5 },
];
