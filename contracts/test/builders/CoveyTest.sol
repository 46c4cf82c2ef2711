// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {BlockHashBeacon} from "../../src/beacon/BlockHashBeacon.sol";
import {Emission} from "../../src/emission/Emission.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {SaleTerms} from "../../src/interfaces/IModelMarket.sol";
import {KeyEscrow} from "../../src/market/KeyEscrow.sol";
import {ModelMarket} from "../../src/market/ModelMarket.sol";
import "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {Attestations} from "../../src/round/Attestations.sol";
import {Results} from "../../src/round/Results.sol";
import {RoundManager} from "../../src/round/RoundManager.sol";
import {Submissions} from "../../src/round/Submissions.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {TaskManager} from "../../src/task/TaskManager.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Cid, Ranking, Role, TaskTerms, Windows} from "../../src/types/Types.sol";
import {TokenTest} from "./TokenTest.sol";

/// @dev The whole system with the permissions of a deployment; who holds tokens and what a task looks like.
abstract contract CoveyTest is TokenTest {
    uint32 internal constant WINDOW = 1 hours;

    StakeManager internal stakeManager;
    TaskManager internal taskManager;
    BlockHashBeacon internal beacon;
    RoundManager internal roundManager;
    Submissions internal submissions;
    Attestations internal attestations;
    Results internal results;
    RewardDistributor internal distributor;
    SlashCourt internal court;
    ModelMarket internal market;
    KeyEscrow internal keyEscrow;
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
        beacon = new BlockHashBeacon(1);
        roundManager = new RoundManager(d, p, s, tasks, address(beacon));
        address rounds = address(roundManager);
        submissions = new Submissions(rounds, tasks);
        attestations = new Attestations(rounds, address(submissions), tasks);
        results = new Results(d, t, p, tasks, rounds, address(submissions), address(attestations));
        distributor = new RewardDistributor(d, t, p, tasks, rounds, address(submissions), address(results), s);
        court = new SlashCourt(d, t, p, s, rounds, address(submissions), address(attestations), address(results));
        emission = new Emission(d, t, p, s, tasks, rounds, address(results), address(distributor));
        market = new ModelMarket(d, t, p, tasks, rounds, address(results), address(distributor));
        keyEscrow = new KeyEscrow(d, t, p, address(market));
        _setCustodian(s, ICoveyToken.CustodianKind.Custodian);

        dao.grant(t, address(emission), MINT_PERMISSION);
        dao.grant(s, address(court), SLASH_PERMISSION);
        dao.grant(s, address(court), UNBIND_PERMISSION);
        dao.grant(s, rounds, BIND_PERMISSION);
        dao.grant(tasks, d, APPROVE_TASK_PERMISSION);
        dao.grant(tasks, rounds, ROUND_PERMISSION);
        dao.grant(tasks, address(submissions), PAY_FORFEIT_PERMISSION);
        dao.grant(tasks, address(distributor), PAY_OUT_PERMISSION);
        dao.grant(tasks, address(distributor), RETURN_BUDGET_PERMISSION);
        dao.grant(tasks, address(emission), RETURN_BUDGET_PERMISSION);
        dao.grant(rounds, address(results), ROUND_STEP_PERMISSION);
        dao.grant(address(results), d, RULE_ROUND_PERMISSION);
        dao.grant(address(court), d, OVERTURN_PERMISSION);
        dao.grant(s, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(tasks, d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(market), d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(market), d, SET_PAYMENT_TOKEN_PERMISSION);
        dao.grant(address(keyEscrow), d, PAUSE_DEPOSITS_PERMISSION);
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

    function _allocate(address node, TaskId task, Role role, uint64 ratio) internal {
        vm.prank(node);
        stakeManager.allocate(task, role, ratio);
    }

    function _document() internal pure returns (Cid memory) {
        return Cid(0x0129, keccak256("task document"));
    }

    function _key(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode("key of shard", index));
    }

    function _ranking() internal pure virtual returns (Ranking) {
        return Ranking.Loss;
    }

    function _terms(uint16 rounds) internal pure virtual returns (TaskTerms memory terms) {
        terms.rounds = rounds;
        terms.windows = Windows(WINDOW, WINDOW, WINDOW, WINDOW, WINDOW, WINDOW, WINDOW, WINDOW);
        terms.ranking = _ranking();
        terms.minTrainerStake = 1000e18;
        terms.minValidatorStake = 5000e18;
        terms.keyCommitments = new bytes32[](uint256(rounds) + 1);
        for (uint256 i; i <= rounds; ++i) {
            terms.keyCommitments[i] = keccak256(abi.encode(_key(i)));
        }
    }

    function _propose(uint16 rounds) internal virtual returns (TaskId task) {
        return _proposeWith(_terms(rounds));
    }

    function _proposeWith(TaskTerms memory terms) internal returns (TaskId task) {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        task = taskManager.propose(_document(), terms, address(0));
        vm.stopPrank();
    }

    /// @dev In COVEY, for ever, without card and predecessor.
    function _saleTerms(uint128 price, uint64 creatorShare) internal view returns (SaleTerms memory terms) {
        (terms.token, terms.price, terms.creatorShare) = (address(token), price, creatorShare);
    }

    /// @dev What a listing and its bond cost, ready to be taken.
    function _readyToList(address seller) internal {
        uint256 fee = policy.latest(Param.ListingFee);
        uint256 bond = policy.latest(Param.SellerBond);
        _give(seller, fee + bond);
        vm.startPrank(seller);
        token.approve(address(market), type(uint256).max);
        token.approve(address(keyEscrow), type(uint256).max);
        vm.stopPrank();
    }

    function _fund(TaskId task, address from, uint256 amount) internal {
        _give(from, amount);
        vm.startPrank(from);
        token.approve(address(taskManager), amount);
        taskManager.fund(task, amount);
        vm.stopPrank();
    }

    function _approve(TaskId task) internal {
        vm.prank(address(dao));
        taskManager.approve(task);
    }

    function _approvedTask(uint16 rounds, uint256 budget) internal returns (TaskId task) {
        task = _propose(rounds);
        _fund(task, funder, budget);
        _approve(task);
    }
}
