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

    /// @dev In memory. Wei of votes; 0 is unused so that choices 1 to 3 of a basic proposal are indices.
    /// @param powers 1 for, 2 against, 3 abstain.
    struct Tally {
        uint256[4] powers;
        uint256 voters;
        uint256 minPower;
    }

    uint256 internal constant FOR = 1;
    uint256 internal constant AGAINST = 2;
    uint256 internal constant ABSTAIN = 3;

    function load(Stored storage stored) internal view returns (Tally memory tally) {
        uint256 decided = stored.decided;
        uint256 rest = stored.rest;
        tally.powers[FOR] = decided >> 128;
        tally.powers[AGAINST] = uint128(decided);
        tally.powers[ABSTAIN] = rest >> 144;
        tally.minPower = uint112(rest >> 32);
        tally.voters = uint32(rest);
    }

    function store(Stored storage stored, Tally memory tally) internal {
        stored.decided =
            (_fit(tally.powers[FOR], type(uint128).max) << 128) | _fit(tally.powers[AGAINST], type(uint128).max);
        storeRest(stored, tally);
    }

    /// @notice A proposal's start: nothing is counted yet.
    function storeRest(Stored storage stored, Tally memory tally) internal {
        stored.rest = (_fit(tally.powers[ABSTAIN], type(uint112).max) << 144)
            | (_fit(tally.minPower, type(uint112).max) << 32) | uint32(tally.voters);
    }

    /// @notice Adds the power of a vote to its choice. Of a single choice all but the first are against.
    /// @param choice 1…3 of a basic proposal.
    function add(Tally memory tally, bool basic, uint256 choice, uint256 power) internal pure {
        if (!basic && choice > AGAINST) choice = AGAINST;
        uint256[4] memory powers = tally.powers;
        uint256 sum;
        // Choices were checked, so no bound has to be. Two summands below 2^255 cannot wrap around.
        assembly ("memory-safe") {
            let at := add(powers, shl(5, choice))
            sum := add(mload(at), power)
            mstore(at, sum)
        }
        if ((sum | power) >> 255 != 0) revert ISnapshotVoting.PowerTooLarge(power, type(uint128).max);
    }

    /// @notice Takes back what `add` added.
    function remove(Tally memory tally, bool basic, uint256 choice, uint256 power) internal pure {
        tally.powers[basic || choice == FOR ? choice : AGAINST] -= power;
    }

    /// @param supportThreshold Parts of a million that for / (for + against) must pass.
    function passes(Tally memory tally, uint256 supportThreshold) internal pure returns (bool) {
        uint256 forVotes = tally.powers[FOR];
        uint256 decided = forVotes + tally.powers[AGAINST];
        // By products, so nothing is rounded; with no votes at all 0 > 0 is false.
        return decided >= tally.minPower && forVotes * VotingSettings.RATIO_BASE > decided * supportThreshold;
    }

    function told(Tally memory tally) internal pure returns (ISnapshotVoting.Tally memory) {
        return ISnapshotVoting.Tally({
            forVotes: tally.powers[FOR],
            against: tally.powers[AGAINST],
            abstain: tally.powers[ABSTAIN],
            voters: tally.voters
        });
    }

    function _fit(uint256 power, uint256 max) private pure returns (uint256) {
        if (power > max) revert ISnapshotVoting.PowerTooLarge(power, max);
        return power;
    }
}
