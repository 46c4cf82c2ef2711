// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Emission} from "../../src/emission/Emission.sol";
import {MINT_PERMISSION} from "../../src/permission/Permissions.sol";
import {TaskState} from "../../src/types/Types.sol";
import {TasksDouble} from "../builders/EmissionDoubles.sol";
import {TokenTest} from "../builders/TokenTest.sol";
import {EmissionHandler} from "./EmissionHandler.sol";

/// @dev Whatever the policy, the multipliers and the stakes do: the community share is never passed, tasks never get more
/// than was minted, and what is owed to them is there.
contract EmissionInvariant is TokenTest {
    Emission private emission;
    TasksDouble private tasks;
    EmissionHandler private handler;
    uint256 private genesis;

    function setUp() public override {
        super.setUp();
        tasks = new TasksDouble(address(token));
        emission = new Emission(address(dao), address(token), address(policy), address(tasks), address(tasks));
        dao.grant(address(token), address(emission), MINT_PERMISSION);
        handler = new EmissionHandler(emission, tasks, policy, address(dao));
        genesis = token.totalSupply();
        for (uint256 i; i < handler.TASKS(); ++i) {
            tasks.set(i, TaskState.Approved, 3, 1e18, (i + 1) * 1000e18);
            emission.sync(i);
        }
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_TheCommunityShareIsNeverPassed() public view {
        assertLe(emission.minted(), emission.communityShare());
        assertEq(token.totalSupply(), genesis + emission.minted());
        assertLe(token.totalSupply(), token.cap());
        assertLe(emission.nextAmount(), emission.communityShare() - emission.minted());
        uint256 weights;
        uint256 pending;
        uint256 budgets;
        for (uint256 i; i < handler.TASKS(); ++i) {
            weights += emission.weightOf(i);
            pending += emission.pending(i);
            budgets += tasks.task(i).budget;
        }
        assertEq(weights, emission.totalWeight());
        assertEq(budgets, handler.paid());
        assertEq(token.balanceOf(address(emission)), emission.minted() - budgets);
        assertLe(pending, token.balanceOf(address(emission)));
    }
}
