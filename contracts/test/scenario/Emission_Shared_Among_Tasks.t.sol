// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {ResultSummary, Role} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Rounds of two tasks side by side, with other stakes in them. Each node is in both, with parts of its stake.
contract EmissionSharedAmongTasksTest is RoundTest {
    uint256 private constant E = 100e18;

    TaskId[2] private tasks;
    mapping(uint256 task => uint256[]) private revealedIn;
    /// @dev Whether a validator asks for its stake while both rounds run.
    bool private leaving;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.EmissionDaily, E);
        tasks = [_weightedTask(1e18), _weightedTask(1e18)];
        for (uint256 i; i < 2; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], 10_000e18);
        }
        for (uint256 v; v < 3; ++v) {
            validators.push(makeAddr(string.concat("validator", vm.toString(v))));
            _stake(validators[v], 60_000e18);
        }
        for (uint256 i; i < 5; ++i) {
            address node = i < 2 ? trainers[i] : validators[i - 2];
            Role role = i < 2 ? Role.Trainer : Role.Validator;
            _allocate(node, tasks[0], role, 0.25e18);
            _allocate(node, tasks[1], role, 0.75e18);
        }
    }

    /// @dev All stake takes part, has seats and is right: both together earn what the time emits, by their stake.
    function test_TwoTasksShareByTheStakeThatTakesPart() public {
        uint256 started = _bothPlayed();
        uint256 small = emission.earn(tasks[0], round);
        uint256 large = emission.earn(tasks[1], round);
        uint256 time = roundManager.emissionSpan(tasks[0], round).end - started;
        assertApproxEqAbs(small + large, E * time / 1 days, 1e9);
        assertApproxEqAbs(large, 3 * small, 1e9);
        assertEq(emission.minted(), small + large);
    }

    /// @dev What a multiplier takes from one task nobody else gets.
    function test_HalfAMultiplierHalvesATasksPartAndMintsTheRestForNobody() public {
        vm.prank(address(dao));
        taskManager.setMultiplier(tasks[1], 0.5e18);
        _bothPlayed();
        uint256 small = emission.earn(tasks[0], round);
        uint256 large = emission.earn(tasks[1], round);
        assertApproxEqAbs(2 * large, 3 * small, 1e9);
        assertEq(token.totalSupply(), 530_000_000e18 + small + large);
    }

    /// @dev What a day emits does not depend on who comes first, and each round earns once.
    function test_TheOrderOfEarningChangesNothing() public {
        _bothPlayed();
        uint256 state = vm.snapshotState();
        uint256 first = emission.earn(tasks[0], round);
        uint256 second = emission.earn(tasks[1], round);
        vm.revertToState(state);
        assertEq(emission.earn(tasks[1], round), second);
        assertEq(emission.earn(tasks[0], round), first);
    }

    /// @dev However nodes divide their stake, whatever the DAO weights and whoever leaves meanwhile.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_TasksTogetherEarnNoMoreThanTheirTimeAndNoneMoreThanItsVerdictCanLose(uint256 random) public {
        random = uint256(keccak256(abi.encode(random)));
        uint256 daily = E + random % 1_500_000e18;
        _setPolicy(Param.EmissionDaily, daily);
        for (uint256 i; i < 5; ++i) {
            address node = i < 2 ? trainers[i] : validators[i - 2];
            uint64 first = uint64(0.12e18 + (random >> (32 + 16 * i)) % 0.75e18);
            _allocate(node, tasks[0], i < 2 ? Role.Trainer : Role.Validator, 0);
            _allocate(node, tasks[1], i < 2 ? Role.Trainer : Role.Validator, 1e18 - first);
            _allocate(node, tasks[0], i < 2 ? Role.Trainer : Role.Validator, first - uint64(random % 0.01e18));
        }
        for (uint256 t; t < 2; ++t) {
            vm.prank(address(dao));
            taskManager.setMultiplier(tasks[t], uint64((random >> (128 + 32 * t)) % 3 * 0.5e18));
        }
        leaving = random >> 255 == 1;
        uint256 started = _bothPlayed();
        uint256 ended = roundManager.emissionSpan(tasks[1], round).end;
        uint256 most = daily * (ended - started) / 1 days;
        // Who leaves has a larger share of its last days at most.
        if (leaving) most = daily * (ended / 1 days - started / 1 days + 1);
        for (uint256 t; t < 2; ++t) {
            uint256 amount = emission.earn(tasks[t], round);
            uint256 behind = distributor.rewards(tasks[t], round).stakeBehind;
            assertLe(amount, behind * policy.latest(Param.SecurityRatio) / 1e18);
            if (taskManager.task(tasks[t]).multiplier == 0) assertEq(amount, 0);
            else assertGt(amount, 0);
        }
        assertLe(emission.minted(), most);
        uint256 begin = emission.start() / 1 days;
        uint256 sum;
        for (uint256 day = started / 1 days; day <= ended / 1 days; ++day) {
            assertLe(emission.emittedOn(day - begin), daily);
            sum += emission.emittedOn(day - begin);
        }
        assertEq(sum, emission.minted());
    }

    function _weightedTask(uint64 multiplier) private returns (TaskId task) {
        task = _approvedTask(2, 20_000e18);
        vm.prank(address(dao));
        taskManager.setMultiplier(task, multiplier);
    }

    /// @return started When the trainers of both were drawn.
    function _bothPlayed() private returns (uint256 started) {
        vm.warp(block.timestamp + 1);
        for (uint256 t; t < 2; ++t) {
            vm.prank(creator);
            round = roundManager.open(tasks[t]);
            _use(t);
            for (uint256 i; i < 2; ++i) {
                _join(trainers[i], Role.Trainer);
            }
            _validatorsJoin();
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _allCommitted();
            started = block.timestamp;
        }
        if (leaving) {
            vm.prank(validators[0]);
            stakeManager.requestUnstake(validators[0], 59_000e18);
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toReveal();
            for (uint256 i; i < 2; ++i) {
                _reveal(i);
            }
            revealedIn[t] = revealed;
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _draw(Role.Validator);
            for (uint256 v; v < 3; ++v) {
                _commitAttestation(v, false, 0);
            }
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toAttestReveal();
            for (uint256 v; v < 3; ++v) {
                _revealAttestation(v, false, 0);
            }
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toKey();
            _keyPublished();
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toResultCommit();
            for (uint256 v; v < 3; ++v) {
                _commitResult(v, _summary());
            }
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toResultReveal();
            for (uint256 v; v < 3; ++v) {
                _revealResult(v, _summary());
            }
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            _toAcceptance();
            _accepted(_summary());
        }
        for (uint256 t; t < 2; ++t) {
            _use(t);
            vm.warp(_info().challengeEnd);
            results.finalize(taskId, round);
            ResultSummary memory summary = _summary();
            _openClaims(summary);
        }
    }

    function _use(uint256 t) private {
        taskId = tasks[t];
        revealed = revealedIn[t];
    }
}
