// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {ModelMarket} from "../../src/market/ModelMarket.sol";
import "../../src/permission/Permissions.sol";
import {Policy} from "../../src/policy/Policy.sol";
import {PolicyCatalogue} from "../../src/policy/PolicyCatalogue.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {RoundManager} from "../../src/round/RoundManager.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {TaskManager} from "../../src/task/TaskManager.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {Cid, TaskTerms, Windows} from "../../src/types/Types.sol";
import {FakeDao} from "./FakeDao.sol";

/// @dev The whole system with the permissions of a deployment; who holds tokens and what a task looks like.
abstract contract CoveyTest is Test {
    uint32 internal constant WINDOW = 1 hours;
    bytes32 internal constant SCORER = keccak256("scorer.wasm");

    FakeDao internal dao;
    CoveyToken internal token;
    Policy internal policy;
    StakeManager internal stakeManager;
    TaskManager internal taskManager;
    RoundManager internal roundManager;
    RewardDistributor internal distributor;
    SlashCourt internal court;
    ModelMarket internal market;

    address internal treasury = makeAddr("treasury");
    address internal creator = makeAddr("creator");
    address internal funder = makeAddr("funder");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual {
        vm.warp(1_760_000_000);
        vm.roll(1000);
        dao = new FakeDao();
        ICoveyToken.Allocation[] memory genesis = new ICoveyToken.Allocation[](1);
        genesis[0] = ICoveyToken.Allocation(treasury, 128_000_000e18);
        address d = address(dao);
        token = new CoveyToken(d, genesis);
        address t = address(token);
        policy = new Policy(d, SCORER, PolicyCatalogue.defaults());
        address p = address(policy);
        stakeManager = new StakeManager(d, t, p);
        taskManager = new TaskManager(d, t, p);
        roundManager = new RoundManager(d, t, p, address(stakeManager), address(taskManager));
        distributor = new RewardDistributor(d, t, p, address(taskManager), address(roundManager));
        court = new SlashCourt(d, t, p, address(stakeManager), address(taskManager), address(roundManager));
        market = new ModelMarket(d, t, p, address(taskManager), address(roundManager));

        dao.grant(t, d, MINT_PERMISSION);
        dao.grant(t, address(stakeManager), VOTE_CUSTODIAN_PERMISSION);
        dao.grant(address(stakeManager), address(court), SLASH_PERMISSION);
        dao.grant(address(taskManager), d, APPROVE_TASK_PERMISSION);
        dao.grant(address(taskManager), address(roundManager), ROUND_PERMISSION);
        dao.grant(address(taskManager), address(distributor), ROUND_PERMISSION);
        dao.grant(address(taskManager), address(court), ROUND_PERMISSION);
        dao.grant(p, d, SET_POLICY_PERMISSION);
        dao.grant(p, d, SET_SCORER_PERMISSION);
        dao.grant(address(roundManager), d, RULE_ROUND_PERMISSION);
        dao.grant(address(court), d, OVERTURN_PERMISSION);
    }

    function _give(address to, uint256 amount) internal {
        vm.prank(treasury);
        token.transfer(to, amount);
    }

    function _stake(address node, uint256 amount) internal {
        _give(node, amount);
        vm.startPrank(node);
        token.approve(address(stakeManager), amount);
        stakeManager.stake(amount);
        vm.stopPrank();
    }

    function _setPolicy(Param param, uint256 value) internal {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.prank(address(dao));
        policy.set(changes);
    }

    function _document() internal pure returns (Cid memory) {
        return Cid(0x0129, keccak256("task document"));
    }

    function _key(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode("key of shard", index));
    }

    function _terms(uint16 rounds) internal pure returns (TaskTerms memory terms) {
        terms.rounds = rounds;
        terms.windows = Windows(WINDOW, WINDOW, WINDOW, WINDOW, WINDOW, WINDOW);
        terms.minTrainerStake = 1000e18;
        terms.minValidatorStake = 5000e18;
        terms.keyCommitments = new bytes32[](uint256(rounds) + 1);
        for (uint256 i; i <= rounds; ++i) {
            terms.keyCommitments[i] = keccak256(abi.encode(_key(i)));
        }
    }

    function _propose(uint16 rounds) internal returns (uint256 taskId) {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        taskId = taskManager.propose(_document(), _terms(rounds));
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
