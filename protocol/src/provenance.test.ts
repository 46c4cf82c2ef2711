import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  MAX_PROVENANCE_BYTES,
  decodeProvenance,
  encodeProvenance,
  provenanceCid,
  type MakerProvenance,
  type TaskProvenance,
} from './provenance.ts';

// Of a task that was played on a local chain: two accepted rounds around a void one, approved by TokenVoting.
const golden = new Uint8Array(readFileSync(new URL('../vectors/provenance.dag-json', import.meta.url)));
const goldenCid = 'baguqeeramgg4e74snesocrefvuzrd3uebpu4tdhj4fzkdhtfamrchm4fctza';

const changed = (change: (document: TaskProvenance) => void): TaskProvenance => {
  const document = decodeProvenance(golden) as TaskProvenance;
  change(document);
  return document;
};

describe('a provenance document', () => {
  it('has one spelling, and one CID', () => {
    const document = decodeProvenance(golden);
    expect(encodeProvenance(document)).toEqual(golden);
    expect(provenanceCid(document)).toBe(goldenCid);
    const spaced = new TextEncoder().encode(JSON.stringify(document, null, 1));
    expect(() => decodeProvenance(spaced)).toThrow(expect.objectContaining({ code: 'PROTOCOL_NOT_CANONICAL' }));
  });

  it.each<[string, (document: TaskProvenance) => void]>([
    ['a round that is missing', ({ origin }) => void (origin.voided = [])],
    ['a round told twice', ({ origin }) => void origin.voided.push({ ...origin.voided[0]!, round: 2 })],
    ['rounds out of order', ({ origin }) => void origin.accepted.reverse()],
    ['another model than the last round’s', ({ origin, model }) => void (model.cid = origin.initial.model)],
    ['a chain of models that breaks', ({ origin }) => void (origin.accepted[1]!.base = origin.initial.model)],
    ['more rounds than the task has', ({ origin }) => void (origin.rounds = 2)],
    ['contributors out of order', ({ origin }) => void origin.accepted[0]!.contributors.reverse()],
    [
      'a contributor twice',
      ({ origin: { accepted } }) => void accepted[0]!.contributors.fill(accepted[0]!.contributors[0]!),
    ],
    ['a name that reads otherwise than it is', ({ origin }) => void (origin.name = 'safe\u202egpj.exe')],
    ['a licence of two lines', (document) => void (document.licence = 'MIT\nor not')],
    ['a weight with a sign', ({ origin }) => void (origin.accepted[0]!.contributors[0]!.weight = '-1')],
    ['a reason that the protocol does not know', ({ origin }) => void (origin.voided[0]!.reason = 'bad luck' as never)],
    ['a field that nobody knows', (document) => void Object.assign(document.origin, { verified: true })],
    ['more seats than there can be', ({ origin }) => void (origin.accepted[0]!.agreeing = 2_000)],
  ])('refuses %s', (_, change) => {
    expect(() => encodeProvenance(changed(change))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  });

  it.each<[string, (document: Record<string, unknown>) => void]>([
    ['of nobody', (document) => void (document['by'] = 'nobody')],
    ['of a maker, with rounds', (document) => void (document['by'] = 'maker')],
  ])('refuses one %s', (_, change) => {
    const document = changed(() => undefined) as unknown as Record<string, unknown>;
    change(document);
    expect(() => encodeProvenance(document as never)).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
    );
  });

  it('says of a model that its maker registered alone no more than that', () => {
    const { origin, model, deployment } = changed(() => undefined);
    const own: MakerProvenance = {
      schema: 'covey.provenance/1',
      by: 'maker',
      deployment: { chainId: 31_337, modelMarket: deployment.policy },
      model: {
        sealed: true,
        cid: origin.document,
        bytes: 1,
        keyHash: model.sha256,
        parameterRoot: model.parameterRoot,
        cipherRoot: model.sha256,
      },
      origin: { listing: '4', maker: origin.creator, listed: origin.proposed, previous: null },
    };
    expect(decodeProvenance(encodeProvenance(own))).toEqual(own);
    for (const wrong of [
      { ...own, licence: 'MIT' },
      { ...own, model: { ...own.model, sealed: false } },
      { ...own, model: { ...own.model, bytes: 0 } },
      { ...own, origin: { ...own.origin, accepted: origin.accepted } },
    ]) {
      expect(() => encodeProvenance(wrong as never)).toThrow(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_DOCUMENT' }),
      );
    }
  });

  it('is no larger than a block', () => {
    expect(() => decodeProvenance(new Uint8Array(MAX_PROVENANCE_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'PROTOCOL_TOO_LARGE' }),
    );
    // What a policy's default of 64 seats gives in the most rounds that a task can have.
    const most = changed(({ origin, model }) => {
      const [round] = origin.accepted;
      const contributors = Array.from({ length: 64 }, (_, index) => ({
        ...round!.contributors[0]!,
        index,
        weight: String(2n ** 80n),
      }));
      origin.rounds = 128;
      origin.round = 127;
      origin.voided = [];
      origin.accepted = Array.from({ length: 128 }, (_, n) => ({
        ...round!,
        round: n,
        base: origin.initial.model,
        model: origin.initial.model,
        contributors,
      }));
      model.cid = origin.initial.model;
    });
    expect(encodeProvenance(most).length).toBeLessThan(MAX_PROVENANCE_BYTES);
  });
});
