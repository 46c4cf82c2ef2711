import { indicesOf } from '@covey/protocol';
import type { Handlers } from '../context.ts';
import { changeRound, changeValidator } from './round-rows.ts';

export const attestationHandlers: Handlers<'attestations'> = {
  AttestationCommitted: ({ seats: _seats, commitment, ...of }, context) =>
    changeValidator(context, of, { attestCommit: { commitment, ...context.source } }),

  AttestationRevealed: ({ seats: _seats, ciphertextMissing, missing, ...of }, context) =>
    changeValidator(context, of, {
      attestation: { ciphertextMissing, missing: indicesOf(missing), ...context.source },
    }),

  KeyPublished: ({ key, ...id }, context) => changeRound(context, id, { key: { key, ...context.source } }),
};
