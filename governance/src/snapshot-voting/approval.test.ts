import { describe, expect, it } from 'vitest';
import { saysApproval } from './approval.ts';
import { bindingMessage } from './binding-message.ts';

const draft = (choices: readonly string[], more: object = {}) => ({
  deployment: { chainId: 1, snapshotVoting: '0x00000000000000000000000000000000000000aa' as const },
  space: 'covey.eth',
  actions: [{ to: '0x00000000000000000000000000000000000000bb' as const, value: 0n, data: '0x' as const }],
  author: '0x00000000000000000000000000000000000000cc' as const,
  title: 'Shall unlockRatio become 1?',
  body: '',
  type: 'single-choice' as const,
  choices,
  start: 1,
  end: 2,
  snapshot: 1,
  ...more,
});

describe('choice 1 of a binding vote executes, and says so', () => {
  it.each(['For', 'Yes, change it', 'APPROVE: pay', '赞成支付', '贊成', 'Ｆｏｒ'])('%s approves', (choice) => {
    expect(saysApproval(choice)).toBe(true);
  });

  it.each(['No, leave it as it is', 'Forget it', 'Yesterday', 'Do it', '反对', '', '不赞成'])(
    '%j does not',
    (choice) => {
      expect(saysApproval(choice)).toBe(false);
    },
  );

  it('voters who choose "No" first cannot execute the change: the vote is refused', () => {
    expect(() => bindingMessage(draft(['No, leave it as it is', 'Yes, change it']))).toThrow(/choice 1 is the one/);
    expect(bindingMessage(draft(['Yes, change it', 'No, leave it as it is'])).choices).toHaveLength(2);
  });

  it('a space of another language gives its own word', () => {
    const german = ['Dafür', 'Dagegen'];
    expect(() => bindingMessage(draft(german))).toThrow(/choice 1 is the one/);
    expect(bindingMessage(draft(german, { approvalWords: ['dafür'] })).choices).toEqual(german);
  });

  it.each([
    [['Yes', 'Yes\u200b'], {}, /Choice 2 holds U\+200B/],
    [['Yes', 'YES'], {}, /look the same/],
    [['Yes', 'No'], { title: '\u202etitle' }, /The title holds U\+202E/],
    [['Yes', 'No'], { body: 'a\u001b[8m' }, /The body holds U\+001B/],
  ])('texts that are not what they seem bind nobody: %j %j', (choices, more, message) => {
    expect(() => bindingMessage(draft(choices, more))).toThrow(message);
  });
});
