import { InferenceClient, channelPayer, findHosts, memoryPurse, type ProvenAnswer } from '@covey/client/inference';
import { addAnswer } from '@covey/nodes';
import { f32Values } from '@covey/protocol/inference';
import { formatEther, isAddressEqual, parseEther, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { cast } from '../cast.ts';
import type { Stage } from '../stage.ts';
import type { Digit } from './digits.ts';
import type { OfBoth, Serving } from './serving.ts';

const deposit = parseEther('1');

export interface Bought {
  channel: Hex;
  /** Wei that were paid into the channel, and that its last voucher is for. */
  deposit: bigint;
  signed: bigint;
  answers: ProvenAnswer[];
}

export interface BuyAnswers {
  hosts: OfBoth<Serving>;
  /** CID of the model that both serve. */
  model: string;
  digits: Digit[];
  /** File that keeps what was signed, for an audit. */
  log: string;
}

/** Opens a channel to each host and buys a prediction of each digit; believes nothing that is not signed. */
export async function buyAnswers(
  { world, core, checks }: Stage,
  { hosts, model, digits, log }: BuyAnswers,
  detail: (text: string) => void,
): Promise<OfBoth<Bought>> {
  const { covey, deployment, store } = world;
  const payer = channelPayer({
    ...{ covey: world.account(cast.buyer), purse: memoryPurse(), deposit },
    signer: privateKeyToAccount(generatePrivateKey()),
  });
  const client = new InferenceClient({ deployment, scorer: core.sha256, payer, insecure: true });
  const found = await findHosts(covey, store, model);
  checks.equal(
    'both hosts are found by the model that they serve, the cheaper first',
    found.map(({ node }) => node).join(),
    [hosts.liar.node, hosts.honest.node].join(),
  );
  const buyOf = async ({ node }: Serving): Promise<Bought> => {
    const host = found.find((one) => isAddressEqual(one.node, node))!;
    const answers: ProvenAnswer[] = [];
    for (const { question } of digits) {
      const proven = await client.askHost(host, question);
      await addAnswer(log, proven);
      answers.push(proven);
    }
    const { channel, signed } = (await payer.entry(node))!;
    detail(`${answers.length} answers of ${node} for ${formatEther(signed)} COVEY`);
    return { channel, deposit, signed, answers };
  };
  const bought = { honest: await buyOf(hosts.honest), liar: await buyOf(hosts.liar) };
  for (const [who, { answers, signed }] of Object.entries(bought))
    checks.equal(`the last voucher to the ${who} host is for ten answers`, signed, 10n * answers[0]!.price);
  const recognised = bought.honest.answers.filter((answer, i) => classOf(answer) === digits[i]!.label).length;
  checks.expect('the bought predictions recognise half of ten digits at least', recognised >= 5, `${recognised} of 10`);
  return bought;
}

function classOf({ answer }: ProvenAnswer): number {
  if (answer.kind !== 'values') throw new Error(`A prediction is ${answer.kind}.`);
  const values = [...f32Values(answer)];
  return values.indexOf(Math.max(...values));
}
