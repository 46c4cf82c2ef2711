// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {VotingSettings} from "./VotingSettings.sol";

/// @title What the counted votes add up to, and whether that is a yes
/// @dev Two words of storage, read and written once a batch:
///
///     decided   for (128)      against (128)
///     rest      abstain (112)  power that participation needs (112)  voters (32)
library VoteTally {
    struct Stored {
        uint256 decided;
        uint256 rest;
    }

    /// @dev In memory. Word n of it belongs to choice n of a basic proposal: `VoteCount` relies on that.
    /// @param forVotes Wei of votes, as all but `voters`.
    struct Tally {
        uint256 voters;
        uint256 forVotes;
        uint256 against;
        uint256 abstain;
        uint256 minPower;
    }

    uint256 private constant FOR = 1;
    uint256 private constant AGAINST = 2;

    function load(Stored storage stored) internal view returns (Tally memory tally) {
        loadTo(stored, tally);
    }

    function loadTo(Stored storage stored, Tally memory tally) internal view {
        uint256 decided = stored.decided;
        uint256 rest = stored.rest;
        tally.forVotes = decided >> 128;
        tally.against = uint128(decided);
        tally.abstain = rest >> 144;
        tally.minPower = uint112(rest >> 32);
        tally.voters = uint32(rest);
    }

    function store(Stored storage stored, Tally memory tally) internal {
        stored.decided = (_fit(tally.forVotes, type(uint128).max) << 128) | _fit(tally.against, type(uint128).max);
        // Every voter costs more gas than 2^32 of them could ever pay.
        stored.rest = (_fit(tally.abstain, type(uint112).max) << 144) | (tally.minPower << 32) | uint32(tally.voters);
    }

    /// @notice What a proposal begins with.
    function open(Stored storage stored, uint256 minPower) internal {
        stored.rest = _fit(minPower, type(uint112).max) << 32;
    }

    /// @notice Takes back a vote. Of a single choice all but the first were against.
    function remove(Tally memory tally, bool basic, uint256 choice, uint256 power) internal pure {
        --tally.voters;
        if (choice == FOR) tally.forVotes -= power;
        else if (choice == AGAINST || !basic) tally.against -= power;
        else tally.abstain -= power;
    }

    /// @param supportThreshold Parts of a million that for / (for + against) must pass.
    function passes(Tally memory tally, uint256 supportThreshold) internal pure returns (bool) {
        uint256 decided = tally.forVotes + tally.against;
        // By products, so nothing is rounded; with no votes at all 0 > 0 is false.
        return decided >= tally.minPower && tally.forVotes * VotingSettings.RATIO_BASE > decided * supportThreshold;
    }

    function told(Tally memory tally) internal pure returns (ISnapshotVoting.Tally memory) {
        return ISnapshotVoting.Tally({
            forVotes: tally.forVotes, against: tally.against, abstain: tally.abstain, voters: tally.voters
        });
    }

    function _fit(uint256 power, uint256 max) private pure returns (uint256) {
        if (power > max) revert ISnapshotVoting.PowerTooLarge(power, max);
        return power;
    }
}
