// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ResultStage} from "../../src/interfaces/IResults.sol";
import {Results} from "../../src/round/Results.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";

/// @dev Results whose seats and stake a test says, where no draw would give exactly those.
contract PlacedResults is Results {
    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address submissions_,
        address attestations_
    ) Results(dao_, token_, policy_, taskManager_, roundManager_, submissions_, attestations_) {}

    /// @dev A validator revealed this result with so many seats.
    function place(TaskId taskId, RoundNumber round, address validator, bytes32 resultHash, uint16 seats) external {
        Result storage r = _results[taskId][round];
        r.validators[validator] = _word(resultHash, seats, ResultStage.Revealed);
        r.tallies[resultHash].seats += seats;
        r.tallies[resultHash].count += 1;
    }

    /// @dev It is accepted, with so much effective stake on it.
    function decide(TaskId taskId, RoundNumber round, bytes32 resultHash, uint128 stake) external {
        Result storage r = _results[taskId][round];
        r.accepted = resultHash;
        r.tallies[resultHash].stake = stake;
    }
}
