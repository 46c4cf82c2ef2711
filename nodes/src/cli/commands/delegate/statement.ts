import { clientError } from '@covey/client';
import { signEnvelope } from '@covey/governance';
import { checkText } from '@covey/protocol';
import { z } from 'zod';
import { nodeError } from '../../../errors.ts';
import { openSender, readText } from '../../context.ts';
import { defineCommand, orEnvironment, preset, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

const receiptSchema = z.object({ id: z.string(), ipfs: z.string() });
const refusalSchema = z.object({ error: z.string(), error_description: z.string() });

export const delegateStatement = defineCommand({
  name: 'delegate statement',
  summary: 'Sign what you stand for as a delegate, and hand it to a Snapshot hub',
  examples: [
    'delegate statement --text statement.md --about "Trains models, votes for low fees" --hub-post http://127.0.0.1:3000/api/msg --key-file me.key',
  ],
  options: {
    ...accountOptions,
    hubPost: orEnvironment(required('--hub-post <url>', 'where the hub takes messages'), 'COVEY_HUB_POST'),
    space: preset('--space <id>', 'Snapshot space', 'covey.eth'),
    text: required('--text <file>', 'Markdown file: the statement'),
    about: preset('--about <text>', 'one sentence', ''),
    discourse: preset('--discourse <name>', 'name in the forum', ''),
  },
  async run(options, out) {
    const { space, about, discourse } = options;
    const statement = await readText(options.text, 'a Markdown file');
    checkText('The statement', statement, { lines: true });
    checkText('--about', about);
    checkText('--discourse', discourse);
    const { publicClient, deployment, sender } = await openSender(options);
    // The chain's clock, by which the hub judges.
    const { timestamp } = await publicClient.getBlock();
    const envelope = await signEnvelope(sender.wallet, {
      kind: 'statement',
      message: {
        space,
        timestamp: Number(timestamp),
        about,
        statement,
        discourse,
        status: 'ACTIVE',
        network: String(deployment.chainId),
      },
    });
    const { address } = envelope;
    out.progress(say`signed by ${address}`);
    const { id, ipfs } = await post(options.hubPost, envelope);
    out.result('covey.delegate-statement/1', { address, id, ipfs, envelope }, [
      say`the hub keeps the statement of ${address} as ${ipfs}`,
    ]);
  },
});

async function post(url: string, envelope: unknown): Promise<z.output<typeof receiptSchema>> {
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(envelope),
      signal: AbortSignal.timeout(20_000),
    });
    body = await response.json();
  } catch (cause) {
    throw clientError('CONTENT_UNREACHABLE', `The hub at ${url} does not answer.`, { cause });
  }
  const receipt = receiptSchema.safeParse(body);
  if (receipt.success) return receipt.data;
  const refusal = refusalSchema.safeParse(body);
  throw nodeError('CONFIG_INVALID', 'The hub refused the statement.', {
    got: refusal.success ? refusal.data.error_description : JSON.stringify(body),
  });
}
