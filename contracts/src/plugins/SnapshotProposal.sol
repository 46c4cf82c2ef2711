// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {VetoTime} from "./VetoTime.sol";
import {VoteTally} from "./VoteTally.sol";
import {VotingSettings} from "./VotingSettings.sol";

/// @title A proposal as SnapshotVoting keeps it, and where it stands in its life
library SnapshotProposal {
    using VoteTally for VoteTally.Stored;
    using VoteTally for VoteTally.Tally;

    enum Status {
        Open,
        Executed,
        Vetoed
    }

    /// @param submissionEnd Never 0 for a registered proposal.
    /// @param number Counts proposals from 1; marks the words of its votes.
    /// @param lane Where its votes are kept: see `VoteSlot`.
    struct Stored {
        uint40 start;
        uint40 end;
        uint40 snapshot;
        uint40 submissionEnd;
        uint32 settingsVersion;
        uint32 number;
        ISnapshotVoting.VoteType voteType;
        uint8 choices;
        uint8 lane;
        Status status;
        bytes32 actionsHash;
        VoteTally.Stored tally;
    }

    /// @param settings All versions of them.
    /// @param expected Bit i stands for state i.
    function requireState(
        Stored storage proposal,
        bytes32 id,
        mapping(uint32 => VotingSettings.Stored) storage settings,
        address tokenVoting,
        uint256 expected
    ) internal view {
        ISnapshotVoting.State found = state(proposal, settings, tokenVoting);
        if (found == ISnapshotVoting.State.None) revert ISnapshotVoting.UnknownProposal(id);
        if (expected & (1 << uint256(found)) == 0) revert ISnapshotVoting.WrongState(id, found, expected);
    }

    function state(
        Stored storage proposal,
        mapping(uint32 => VotingSettings.Stored) storage settings,
        address tokenVoting
    ) internal view returns (ISnapshotVoting.State) {
        uint256 submissionEnd = proposal.submissionEnd;
        if (submissionEnd == 0) return ISnapshotVoting.State.None;
        if (proposal.status == Status.Executed) return ISnapshotVoting.State.Executed;
        if (proposal.status == Status.Vetoed) return ISnapshotVoting.State.Vetoed;
        if (block.timestamp < proposal.start) return ISnapshotVoting.State.Pending;
        if (block.timestamp <= proposal.end) return ISnapshotVoting.State.Active;
        if (block.timestamp <= submissionEnd) return ISnapshotVoting.State.Submission;
        VotingSettings.Stored storage rules = settings[proposal.settingsVersion];
        if (!proposal.tally.load().passes(rules.supportThreshold)) return ISnapshotVoting.State.Defeated;
        (uint256 from, uint256 until) = execution(proposal, rules, tokenVoting);
        if (block.timestamp > until) return ISnapshotVoting.State.Expired;
        return block.timestamp < from ? ISnapshotVoting.State.Queued : ISnapshotVoting.State.Executable;
    }

    /// @notice From when to when a result can be executed, as TokenVoting's settings are now.
    /// @dev The end is the plugin's own, so that no later change of TokenVoting's settings revives what has expired: where they
    /// leave no time the result is never executed. A TokenVoting that does not answer can make nobody wait for ever, and
    /// shortens nothing: the veto then has all the time that the settings leave.
    function execution(Stored storage proposal, VotingSettings.Stored storage rules, address tokenVoting)
        internal
        view
        returns (uint256 from, uint256 until)
    {
        uint256 end = proposal.submissionEnd;
        from = end + rules.delay;
        until = from + rules.executionWindow;
        (bool answered, uint256 time) = VetoTime.neededBy(tokenVoting);
        uint256 vetoEnd = answered ? end + time : until - VotingSettings.MIN_WINDOW;
        if (vetoEnd > from) from = vetoEnd;
    }

    function told(
        Stored storage proposal,
        mapping(uint32 => VotingSettings.Stored) storage settings,
        address tokenVoting
    ) internal view returns (ISnapshotVoting.ProposalView memory view_) {
        view_.state = state(proposal, settings, tokenVoting);
        if (view_.state == ISnapshotVoting.State.None) return view_;
        VoteTally.Tally memory tally = proposal.tally.load();
        view_.voteType = proposal.voteType;
        view_.choices = proposal.choices;
        view_.start = proposal.start;
        view_.end = proposal.end;
        view_.submissionEnd = proposal.submissionEnd;
        (uint256 from, uint256 until) = execution(proposal, settings[proposal.settingsVersion], tokenVoting);
        // Safe narrowing: a moment of 40 bits, and a year or two months more.
        (view_.executableFrom, view_.executableUntil) = (uint40(from), uint40(until));
        view_.snapshot = proposal.snapshot;
        view_.settingsVersion = proposal.settingsVersion;
        view_.actionsHash = proposal.actionsHash;
        view_.minPower = tally.minPower;
        view_.tally = tally.told();
    }

    /// @dev A flip shortly before the submission ends leaves all others as much time to answer, up to a last end.
    function extend(Stored storage proposal, bytes32 id, VotingSettings.Stored storage rules) internal {
        uint256 extended = block.timestamp + rules.extension;
        uint256 last = uint256(proposal.end) + 2 * uint256(rules.submissionWindow);
        if (extended > last) extended = last;
        if (extended <= proposal.submissionEnd) return;
        proposal.submissionEnd = uint40(extended);
        emit ISnapshotVoting.SubmissionExtended(id, uint40(extended));
    }
}
