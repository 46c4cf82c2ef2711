import { fitsWindows, scoringSeconds, type CostPolicy, type TaskDocument } from '@covey/protocol';
import { nodeError } from '../errors.ts';

/**
 * Throws TASK_TOO_COSTLY where a round might not be scored within its window of results: nobody could be paid, and whoever
 * committed to nothing would be slashed.
 */
export function requireFit(what: string, task: TaskDocument, policy: CostPolicy): void {
  if (fitsWindows(task, policy)) return;
  throw nodeError('TASK_TOO_COSTLY', `${what} asks for more than validators must manage.`, {
    expected: `at most ${task.windows.resultCommit} s a round, its window of results`,
    got: `${scoringSeconds(task, policy)} s at ${policy.scoringRate} multiply-adds a second`,
  });
}
