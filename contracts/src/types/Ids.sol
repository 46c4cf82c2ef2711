// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Names a task; tasks are numbered from 1. Task 0 is none: hosts of models allocate stake under it.
type TaskId is uint256;

/// @notice Names a round of a task; its rounds are numbered from 0.
type RoundNumber is uint32;

/// @notice Names a slash case; cases are numbered from 1.
type CaseId is uint256;

/// @notice Names a case about a host's answer; they are numbered from 1, apart from slash cases.
type AnswerCaseId is uint256;

using {sameTask as ==} for TaskId global;
using {sameRound as ==} for RoundNumber global;

function sameTask(TaskId a, TaskId b) pure returns (bool) {
    return TaskId.unwrap(a) == TaskId.unwrap(b);
}

function sameRound(RoundNumber a, RoundNumber b) pure returns (bool) {
    return RoundNumber.unwrap(a) == RoundNumber.unwrap(b);
}
