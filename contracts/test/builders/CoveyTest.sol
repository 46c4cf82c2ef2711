// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Emission} from "../../src/emission/Emission.sol";
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
import {VoteEscrow} from "../../src/token/VoteEscrow.sol";
import {Cid, TaskTerms, Windows} from "../../src/types/Types.sol";
import {FakeDao} from "./FakeDao.sol";

/// @dev The whole system, deployed, wired and granted as on a real chain; who holds tokens and what a task looks like.
abstract contract CoveyTest is Test {
    uint32 internal constant WINDOW = 1 hours;
    bytes32 internal constant SCORER = keccak256("scorer.wasm");

    FakeDao internal dao;
    CoveyToken internal token;
    Policy internal policy;
    VoteEscrow internal escrow;
    StakeManager internal stakeManager;
    TaskManager internal taskManager;
    RoundManager internal roundManager;
    Emission internal emission;
    RewardDistributor internal distributor;
    SlashCourt internal court;
    ModelMarket internal market;

    address internal treasury = makeAddr("treasury");
    address internal team = makeAddr("team");
    address internal investors = makeAddr("investors");
    address internal ecosystem = makeAddr("ecosystem");
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
        token = new CoveyToken(d, ICoveyToken.Beneficiaries(team, investors, ecosystem), genesis);
        address t = address(token);
        policy = new Policy(d, SCORER, PolicyCatalogue.defaults());
        address p = address(policy);
        escrow = new VoteEscrow(d, t);
        stakeManager = new StakeManager(d, t, p);
        address sm = address(stakeManager);
        taskManager = new TaskManager(d, t, p);
        address tm = address(taskManager);
        roundManager = new RoundManager(d, t, p, sm, tm);
        address rm = address(roundManager);
        emission = new Emission(d, t, p, tm, rm);
        distributor = new RewardDistributor(d, t, p, tm, rm, sm);
        court = new SlashCourt(d, t, p, sm, tm, rm);
        market = new ModelMarket(d, t, p, tm, rm, address(distributor));

        dao.grant(t, address(emission), MINT_PERMISSION);
        dao.grant(t, d, SET_CUSTODIAN_PERMISSION);
        dao.grant(sm, address(court), SLASH_PERMISSION);
        dao.grant(tm, d, APPROVE_TASK_PERMISSION);
        dao.grant(tm, rm, ROUND_PERMISSION);
        dao.grant(tm, address(distributor), ROUND_PERMISSION);
        dao.grant(tm, address(court), ROUND_PERMISSION);
        dao.grant(tm, address(emission), ROUND_PERMISSION);
        dao.grant(p, d, SET_POLICY_PERMISSION);
        dao.grant(p, d, SET_SCORER_PERMISSION);
        dao.grant(rm, d, RULE_ROUND_PERMISSION);
        dao.grant(address(court), d, OVERTURN_PERMISSION);
        dao.grant(sm, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(escrow), d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(tm, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(market), d, PAUSE_DEPOSITS_PERMISSION);
        vm.startPrank(d);
        token.setCustodian(sm, ICoveyToken.CustodianKind.Custodian);
        token.setCustodian(address(escrow), ICoveyToken.CustodianKind.Escrow);
        vm.stopPrank();
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

    function _delegateStake(address node, address owner, uint256 amount) internal {
        _give(owner, amount);
        vm.startPrank(owner);
        token.approve(address(stakeManager), amount);
        stakeManager.delegateStake(node, amount);
        vm.stopPrank();
    }

    /// @dev Decides a change and waits until it holds.
    function _setPolicy(Param param, uint256 value) internal {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
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
