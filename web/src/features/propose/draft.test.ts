import { describe, expect, it } from 'vitest';
import {
  addCall,
  bodyOf,
  choiceProblems,
  draftChoices,
  emptyDraft,
  isEmptyDraft,
  metadataOf,
  moveCall,
  parseDraft,
  removeCall,
  textLimits,
  textProblems,
} from './draft.ts';

const written = () => ({
  ...emptyDraft(),
  title: ' Pay more at once ',
  summary: 'Sixty percent.',
  description: '**Why**',
  links: [{ name: 'Forum [1]', url: 'https://forum.example/1' }],
});

describe('a stored draft', () => {
  it('comes back as it was', () => {
    const draft = written();
    addCall(draft, 'policy.set', { param: 'roundFee', value: '0.1' });
    expect(parseDraft(JSON.parse(JSON.stringify(draft)))).toEqual({
      ...draft,
      calls: [{ key: 0, kind: 'policy.set', values: { param: 'roundFee', value: '0.1' } }],
    });
  });

  it.each([null, 7, 'x', [], { calls: 'x', links: [1], choices: ['only one'], target: 'moon', type: 'guess' }])(
    'that is %j gives an empty one',
    (stored) => expect(parseDraft(stored)).toEqual(emptyDraft()),
  );

  it('loses what is malformed and keeps the rest', () => {
    const draft = parseDraft({
      title: 'T',
      calls: [{ kind: 7 }, { kind: 'task.approve', values: { taskId: '1', bad: 2 } }],
    });
    expect(draft.title).toBe('T');
    expect(draft.calls).toEqual([{ key: 0, kind: 'task.approve', values: { taskId: '1' } }]);
    expect(isEmptyDraft(draft)).toBe(false);
  });
});

describe('the calls of a draft', () => {
  it('move, go and keep their keys', () => {
    const draft = emptyDraft();
    const [a, b, c] = ['a', 'b', 'c'].map((kind) => addCall(draft, kind).key) as [number, number, number];
    moveCall(draft, c, -1);
    moveCall(draft, a, -1); // it is the first already
    expect(draft.calls.map(({ kind }) => kind)).toEqual(['a', 'c', 'b']);
    removeCall(draft, a);
    expect(draft.calls.map(({ key }) => key)).toEqual([c, b]);
    expect([a, b, c]).not.toContain(addCall(draft, 'd').key);
  });
});

describe('the texts', () => {
  it('need a title, links that are links, and fit', () => {
    expect(textProblems(written())).toEqual({});
    const draft = { ...written(), title: '  ', summary: 'x'.repeat(textLimits.summary + 1) };
    draft.links = [
      { name: '', url: 'javascript:alert(1)' },
      { name: '', url: 'ipfs://bafy' },
    ];
    expect(textProblems(draft)).toEqual({ title: 'empty', summary: 'tooLong', 'links.0': 'badLink' });
  });

  it('show what they say: no invisible title, no line that is written backwards', () => {
    const draft = { ...emptyDraft(), title: '\u200b\u2060', description: 'a\n\u202eb', summary: 'a\u001b[8mb' };
    expect(textProblems(draft)).toEqual({ title: 'empty', summary: 'hidden', description: 'hidden' });
  });

  it('become a metadata document and a Snapshot body', () => {
    expect(metadataOf(written())).toEqual({
      title: 'Pay more at once',
      summary: 'Sixty percent.',
      description: '**Why**',
      resources: [{ name: 'Forum [1]', url: 'https://forum.example/1' }],
    });
    expect(bodyOf(written())).toBe('Sixty percent.\n\n**Why**\n\n- [Forum 1](https://forum.example/1)');
    expect(bodyOf(emptyDraft())).toBe('');
  });
});

describe('the choices', () => {
  it('of a basic vote are fixed', () => {
    expect(draftChoices(emptyDraft())).toEqual(['For', 'Against', 'Abstain']);
    expect(choiceProblems(emptyDraft())).toEqual({});
  });

  it('that look alike are the same choice, and none hides a character', () => {
    const draft = { ...emptyDraft(), type: 'single-choice' as const };
    draft.choices = ['Yes', 'ＹＥＳ', 'Yes\u200b', '\u200b', 'No'];
    expect(choiceProblems(draft)).toEqual({ 'choices.1': 'twice', 'choices.2': 'hidden', 'choices.3': 'empty' });
  });

  it('of any other are neither empty nor twice the same', () => {
    const draft = { ...emptyDraft(), type: 'approval' as const, choices: ['a', ' ', 'a', 'b'] };
    expect(choiceProblems(draft)).toEqual({ 'choices.1': 'empty', 'choices.2': 'twice' });
  });
});
