import { governanceForms } from '@covey/governance';
import { defineCommand, optional } from '../../define-command.ts';
import { formLines } from '../../form-options.ts';

export const proposalForms = defineCommand({
  name: 'proposal forms',
  summary: 'What can be decided, and the fields of each form',
  examples: ['proposal forms', 'proposal forms --form policy.set'],
  options: { form: optional('--form <kind>', 'only this one') },
  run({ form }, out) {
    const wanted = governanceForms.filter(({ kind }) => form === undefined || kind === form);
    const forms = wanted.map(({ kind, fields }) => ({ kind, fields }));
    out.result('covey.proposal-forms/1', { forms }, formLines(form));
    return Promise.resolve();
  },
});
