// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";

/// @title The settings as stored, and the bounds that no decision can leave
/// @dev The bounds keep a mistaken or captured decision from making the plugin useless, or the veto impossible.
library VotingSettings {
    /// @dev The first word has all that counting and executing read; registering reads both.
    struct Stored {
        uint32 supportThreshold;
        uint32 minParticipation;
        uint32 maxSnapshotAge;
        uint40 submissionWindow;
        uint40 extension;
        uint40 delay;
        uint40 executionWindow;
        uint40 minDuration;
        uint216 minProposerVotingPower;
    }

    uint256 internal constant RATIO_BASE = 1_000_000;
    /// @dev No minority decides.
    uint256 internal constant MIN_SUPPORT = 500_000;
    /// @dev A single vote against must not always be enough to stop what all others want; at a million nothing would pass.
    uint256 internal constant MAX_SUPPORT = 950_000;
    /// @dev One in a thousand of all votes: a decision is never free.
    uint256 internal constant MIN_PARTICIPATION = 1000;
    /// @dev The past total supply holds also what nobody votes with (vesting, budgets), so more than half may never come.
    uint256 internal constant MAX_PARTICIPATION = 500_000;
    /// @dev About a day of blocks: who registers may not reach back to a day on which the votes suited better.
    uint256 internal constant MAX_SNAPSHOT_AGE = 7200;
    /// @dev Of the voting period and of the windows: people have to notice and answer, and an end has to come.
    uint256 internal constant MIN_WINDOW = 1 hours;
    uint256 internal constant MAX_WINDOW = 30 days;
    /// @dev Time to bring votes on chain in answer to a flip, also when blocks are full.
    uint256 internal constant MIN_EXTENSION = 10 minutes;
    /// @dev Without TokenVoting's own time for a veto, which is longer (see `VetoTime`) and asked for when a result is executed.
    uint256 internal constant MIN_DELAY = 2 hours;
    /// @dev The proposer's threshold is at most this part of the past total supply: somebody has to be able to propose.
    uint256 internal constant MAX_PROPOSER_PART = 20;

    /// @param supply Past total supply of votes, in wei.
    /// @param vetoTime What TokenVoting needs for a veto, in seconds: results must be executable for a while after it.
    function checked(ISnapshotVoting.Settings memory s, uint256 supply, uint256 vetoTime)
        internal
        pure
        returns (Stored memory)
    {
        _bound("supportThreshold", s.supportThreshold, MIN_SUPPORT, MAX_SUPPORT);
        _bound("minParticipation", s.minParticipation, MIN_PARTICIPATION, MAX_PARTICIPATION);
        _bound("maxSnapshotAge", s.maxSnapshotAge, 1, MAX_SNAPSHOT_AGE);
        _bound("minDuration", s.minDuration, MIN_WINDOW, MAX_WINDOW);
        _bound("submissionWindow", s.submissionWindow, MIN_WINDOW, MAX_WINDOW);
        // Not longer than the window, whose last part it is.
        _bound("extension", s.extension, MIN_EXTENSION, s.submissionWindow);
        _bound("delay", s.delay, MIN_DELAY, MAX_WINDOW);
        uint256 vetoed = vetoTime > s.delay ? vetoTime - s.delay : 0;
        _bound("executionWindow", s.executionWindow, vetoed + MIN_WINDOW, MAX_WINDOW);
        uint256 most = supply / MAX_PROPOSER_PART;
        if (most > type(uint216).max) most = type(uint216).max;
        _bound("minProposerVotingPower", s.minProposerVotingPower, 1, most);
        return Stored({
            supportThreshold: s.supportThreshold,
            minParticipation: s.minParticipation,
            maxSnapshotAge: s.maxSnapshotAge,
            submissionWindow: s.submissionWindow,
            extension: s.extension,
            delay: s.delay,
            executionWindow: s.executionWindow,
            minDuration: s.minDuration,
            minProposerVotingPower: uint216(s.minProposerVotingPower)
        });
    }

    function told(Stored memory s) internal pure returns (ISnapshotVoting.Settings memory) {
        return ISnapshotVoting.Settings({
            supportThreshold: s.supportThreshold,
            minParticipation: s.minParticipation,
            maxSnapshotAge: s.maxSnapshotAge,
            minDuration: s.minDuration,
            submissionWindow: s.submissionWindow,
            extension: s.extension,
            delay: s.delay,
            executionWindow: s.executionWindow,
            minProposerVotingPower: s.minProposerVotingPower
        });
    }

    function _bound(string memory setting, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert ISnapshotVoting.SettingOutOfBounds(setting, value, min, max);
    }
}
