import { choiceKey } from '@covey/protocol';

/**
 * With which words choice 1 of a binding vote may begin, since it is the one that executes: For, Approve or Yes, in the
 * languages of the pages. A space that speaks another one gives its own.
 */
export const approvalWords: readonly string[] = ['For', 'Approve', 'Yes', '赞成', '贊成', '同意', '批准', '支持'];

/** The choice that executes, from 1: in both types of binding votes the first. */
export const executingChoice = 1;

/** Whether a choice says that it approves. A word in letters has to end there: "Forget it" does not begin with "For". */
export function saysApproval(choice: string, words: readonly string[] = approvalWords): boolean {
  const said = choiceKey(choice);
  return words.map(choiceKey).some((word) => {
    if (word === '' || !said.startsWith(word)) return false;
    return !/^[\p{L}\p{N}]/u.test(said.slice(word.length)) || /\p{Script=Han}$/u.test(word);
  });
}
