// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Emission} from "../../src/emission/Emission.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {ModelMarket} from "../../src/market/ModelMarket.sol";
import "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {RoundManager} from "../../src/round/RoundManager.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {TaskManager} from "../../src/task/TaskManager.sol";
import {Cid, TaskTerms, Windows} from "../../src/types/Types.sol";
import {TokenTest} from "./TokenTest.sol";

/// @dev The whole system with the permissions of a deployment; who holds tokens and what a task looks like.
abstract contract CoveyTest is TokenTest {
    uint32 internal constant WINDOW = 1 hours;

    StakeManager internal stakeManager;
    TaskManager internal taskManager;
    RoundManager internal roundManager;
    RewardDistributor internal distributor;
    SlashCourt internal court;
    ModelMarket internal market;
    Emission internal emission;

    address internal creator = makeAddr("creator");
    address internal funder = makeAddr("funder");

    function setUp() public virtual override {
        super.setUp();
        address d = address(dao);
        address t = address(token);
        address p = address(policy);
        stakeManager = new StakeManager(d, t, p);
        address s = address(stakeManager);
        taskManager = new TaskManager(d, t, p);
        address tasks = address(taskManager);
        roundManager = new RoundManager(d, t, p, s, tasks);
        address rounds = address(roundManager);
        distributor = new RewardDistributor(d, t, p, tasks, rounds, s);
        court = new SlashCourt(d, t, p, s, tasks, rounds);
        market = new ModelMarket(d, t, p, tasks, rounds, address(distributor));
        emission = new Emission(d, t, p, tasks, rounds);
        _setCustodian(s, ICoveyToken.CustodianKind.Custodian);

        dao.grant(t, address(emission), MINT_PERMISSION);
        dao.grant(s, address(court), SLASH_PERMISSION);
        dao.grant(tasks, d, APPROVE_TASK_PERMISSION);
        dao.grant(tasks, rounds, ROUND_PERMISSION);
        dao.grant(tasks, address(distributor), PAY_OUT_PERMISSION);
        dao.grant(tasks, rounds, RETURN_BUDGET_PERMISSION);
        dao.grant(tasks, address(distributor), RETURN_BUDGET_PERMISSION);
        dao.grant(tasks, address(court), RETURN_BUDGET_PERMISSION);
        dao.grant(tasks, address(emission), RETURN_BUDGET_PERMISSION);
        dao.grant(rounds, d, RULE_ROUND_PERMISSION);
        dao.grant(address(court), d, OVERTURN_PERMISSION);
        dao.grant(s, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(tasks, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(market), d, PAUSE_DEPOSITS_PERMISSION);
    }

    function _stake(address node, uint256 amount) internal {
        _give(node, amount);
        vm.startPrank(node);
        token.approve(address(stakeManager), amount);
        stakeManager.stake(amount);
        vm.stopPrank();
    }

    function _delegateStake(address node, address owner, uint256 amount) internal {
        _give(owner, amount);
        vm.startPrank(owner);
        token.approve(address(stakeManager), amount);
        stakeManager.delegateStake(node, amount);
        vm.stopPrank();
    }

    function _document() internal pure returns (Cid memory) {
        return Cid(0x0129, keccak256("task document"));
    }

    function _key(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode("key of shard", index));
    }

    function _terms(uint16 rounds) internal pure virtual returns (TaskTerms memory terms) {
        terms.rounds = rounds;
        terms.windows = Windows(WINDOW, WINDOW, WINDOW, WINDOW, WINDOW, WINDOW);
        terms.minTrainerStake = 1000e18;
        terms.minValidatorStake = 5000e18;
        terms.keyCommitments = new bytes32[](uint256(rounds) + 1);
        for (uint256 i; i <= rounds; ++i) {
            terms.keyCommitments[i] = keccak256(abi.encode(_key(i)));
        }
    }

    function _propose(uint16 rounds) internal virtual returns (uint256 taskId) {
        return _proposeWith(_terms(rounds));
    }

    function _proposeWith(TaskTerms memory terms) internal returns (uint256 taskId) {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        taskId = taskManager.propose(_document(), terms);
        vm.stopPrank();
    }

    function _fund(uint256 taskId, address from, uint256 amount) internal {
        _give(from, amount);
        vm.startPrank(from);
        token.approve(address(taskManager), amount);
        taskManager.fund(taskId, amount);
        vm.stopPrank();
    }

    function _approve(uint256 taskId) internal {
        vm.prank(address(dao));
        taskManager.approve(taskId);
    }

    function _approvedTask(uint16 rounds, uint256 budget) internal returns (uint256 taskId) {
        taskId = _propose(rounds);
        _fund(taskId, funder, budget);
        _approve(taskId);
    }
}
