// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Emission} from "../../src/emission/Emission.sol";
import {IEmission} from "../../src/interfaces/IEmission.sol";
import {Change, Param, ParamDescription} from "../../src/interfaces/IPolicy.sol";
import {Policy} from "../../src/policy/Policy.sol";
import {TaskState} from "../../src/types/Types.sol";
import {TasksDouble} from "../builders/EmissionDoubles.sol";

/// @dev A DAO that changes every number of the emission at whim, tasks of any stake in any state, and who mints and syncs.
contract EmissionHandler is Test {
    uint256 public constant TASKS = 4;

    Emission private immutable emission;
    TasksDouble private immutable tasks;
    Policy private immutable policy;
    address private immutable dao;

    uint256 public paid;

    constructor(Emission emission_, TasksDouble tasks_, Policy policy_, address dao_) {
        (emission, tasks, policy, dao) = (emission_, tasks_, policy_, dao_);
    }

    function changePolicy(uint256 which, uint256 value) external {
        Param[5] memory params = [
            Param.EmissionDaily,
            Param.EmissionDecay,
            Param.EmissionPeriod,
            Param.TaskStakeQuarterPower,
            Param.PolicyNotice
        ];
        ParamDescription memory d = policy.describe(params[which % 5]);
        Change[] memory changes = new Change[](1);
        changes[0] = Change(params[which % 5], bound(value, d.min, d.max));
        vm.prank(dao);
        policy.set(changes);
    }

    function setTask(uint256 which, uint8 state, uint16 roundsLeft, uint64 multiplier, uint256 stake) external {
        // Running more often than not.
        TaskState s = state < 180 ? TaskState.Approved : TaskState(state % 6);
        tasks.set(which % TASKS, s, roundsLeft % 4, uint64(bound(multiplier, 0, 10e18)), bound(stake, 0, 1e27));
    }

    function sync(uint256 which) external {
        paid += emission.sync(which % TASKS);
    }

    function mint(uint256 wait) external {
        vm.warp(vm.getBlockTimestamp() + bound(wait, 0, 40 days));
        if (block.timestamp < emission.nextMintAt()) vm.warp(emission.nextMintAt());
        try emission.mint() {}
        catch (bytes memory reason) {
            // Nothing else may stop it.
            assertEq(bytes4(reason), IEmission.NothingToEmitTo.selector);
        }
    }

    function mintOften(uint256 wait, uint8 times) external {
        for (uint256 i; i < times % 8; ++i) {
            this.mint(bound(wait, 0, 1 days));
        }
    }
}
