/** The chain changed while it was read, or two answers are of different branches: reading again gives one branch. */
export class BranchChanged extends Error {
  override readonly name = 'BranchChanged';
}
