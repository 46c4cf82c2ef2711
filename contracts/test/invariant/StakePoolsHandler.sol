// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Vm} from "forge-std/Vm.sol";
import {IStakeManager, PoolInfo} from "../../src/interfaces/IStakeManager.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {StakeSnapshot} from "../../src/types/Types.sol";
import {Slasher} from "../builders/Slasher.sol";

/// @dev Random but possible calls of three nodes and four delegators (everybody may delegate to any node but itself), of
/// who slashes and of the clock. Each call checks on the spot that it changed nothing for the others.
contract StakePoolsHandler is Test {
    uint256 public constant NODES = 3;
    uint256 public constant ACTORS = 7;

    struct Moment {
        address node;
        uint48 time;
        StakeSnapshot stake;
    }

    StakeManager private immutable stakeManager;
    CoveyToken private immutable token;
    Slasher private immutable slasher;
    address private immutable patron;

    /// @dev The first NODES of them are nodes.
    address[] public actors;
    /// @dev Wei that came with a position, less what it was paid and what was collected from it.
    mapping(address node => mapping(address owner => uint256)) public put;
    /// @dev How often the worth of a position was rounded.
    mapping(address node => mapping(address owner => uint256)) public roundings;
    uint256 public rewardsAdded;
    uint256 public rewardsPaid;
    uint256 public calls;
    Moment[] private _moments;

    uint256[ACTORS] private _custody;
    uint256[ACTORS] private _worth;
    uint256[ACTORS] private _claimable;
    StakeSnapshot private _stakeBefore;

    constructor(StakeManager stakeManager_, CoveyToken token_, Slasher slasher_, address patron_) {
        stakeManager = stakeManager_;
        token = token_;
        slasher = slasher_;
        patron = patron_;
        for (uint256 i; i < ACTORS; ++i) {
            address actor = makeAddr(string.concat(i < NODES ? "node" : "delegator", vm.toString(i)));
            actors.push(actor);
            vm.startPrank(actor);
            token.delegate(actor);
            token.approve(address(stakeManager), type(uint256).max);
            vm.stopPrank();
        }
    }

    /// @param owner Who alone may be worth more or less afterwards, or have another claim.
    modifier touches(address node, address owner) {
        ++calls;
        _before(node);
        _;
        for (uint256 i; i < ACTORS; ++i) {
            if (actors[i] == owner) continue;
            assertEq(_worthOf(node, actors[i]), _worth[i]);
            assertEq(_claimableOf(node, actors[i]), _claimable[i]);
        }
        if (owner != address(0)) ++roundings[node][owner];
        _attribute(node);
        _checkEvents(node);
    }

    function stake(uint256 who, uint256 amount) external {
        address node = _node(who);
        amount = _amount(amount, token.balanceOf(node));
        if (amount == 0 || !_takesDeposits(node)) return;
        _stake(node, amount);
    }

    function delegate(uint256 who, uint256 whom, uint256 amount) external {
        (address owner, address node) = (_actor(who), _node(whom));
        amount = _amount(amount, token.balanceOf(owner));
        if (amount == 0 || owner == node || !_takesDeposits(node) || stakeManager.pool(node).ownShares == 0) return;
        _delegate(owner, node, amount);
    }

    function requestUnstake(uint256 who, uint256 whom, uint256 amount) external {
        (address owner, address node) = (_actor(who), _node(whom));
        (uint256 active,) = stakeManager.worth(node, owner);
        uint256 cases = stakeManager.openCases(node);
        if (cases != 0) {
            vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, cases));
            vm.prank(owner);
            stakeManager.requestUnstake(node, 1);
        } else if (active != 0) {
            _request(owner, node, _amount(amount, active));
        }
    }

    function requestAll(uint256 who, uint256 whom) external {
        (address owner, address node) = (_actor(who), _node(whom));
        (uint256 active,) = stakeManager.worth(node, owner);
        if (active == 0 || stakeManager.openCases(node) != 0) return;
        _request(owner, node, active);
        assertEq(stakeManager.position(node, owner).shares, 0);
    }

    function withdraw(uint256 who, uint256 whom, bool patient) external {
        (address owner, address node) = (_actor(who), _node(whom));
        uint40 availableAt = stakeManager.position(node, owner).availableAt;
        if (availableAt == 0) return;
        if (patient && block.timestamp < availableAt) _warp(availableAt);
        uint256 cases = stakeManager.openCases(node);
        if (cases != 0) {
            vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, cases));
            stakeManager.withdraw(node, owner);
        } else if (block.timestamp < availableAt) {
            vm.expectRevert(abi.encodeWithSelector(IStakeManager.CooldownRunning.selector, node, owner, availableAt));
            stakeManager.withdraw(node, owner);
        } else {
            _withdraw(owner, node);
        }
    }

    /// @dev Mostly small ones, so that pools live on; sometimes a wei, sometimes everything and more.
    function slash(uint256 whom, uint256 amount) external {
        address node = _node(whom);
        uint256 tokens = stakeManager.pool(node).tokens;
        if (amount % 16 == 0) amount = tokens + amount % 3;
        else if (amount % 4 == 1) amount = 1 + amount % 2;
        else amount = bound(amount, 0, tokens / 3);
        _slash(node, amount);
    }

    function freezeOrUnfreeze(uint256 whom, uint256 odds) external {
        address node = _node(whom);
        bool frozen = stakeManager.openCases(node) != 0;
        if (frozen || odds % 3 == 0) _freeze(node, !frozen);
    }

    function collect(uint256 who, uint256 whom, uint256 max) external {
        _collect(_actor(who), _node(whom), max % 4);
    }

    function addReward(uint256 whom, uint256 amount) external {
        _addReward(_node(whom), amount % 4 == 0 ? 1 + amount % 5 : bound(amount, 1, 500_000e18));
    }

    function claimRewards(uint256 who, uint256 whom) external {
        (address owner, address node) = (_actor(who), _node(whom));
        if (_claimableOf(node, owner) == 0) return;
        _claim(owner, node);
    }

    function setCommission(uint256 whom, uint256 commission) external {
        address node = _node(whom);
        if (stakeManager.pool(node).nextCommissionAt > block.timestamp) return;
        _setCommission(node, uint64(bound(commission, 0, 0.5e6) * 1e12));
    }

    function pass(uint256 time) external {
        _warp(block.timestamp + bound(time, 1, 3 days));
    }

    /// @dev Whatever was true at the end of a past second is still what `stakeAt` says.
    function checkHistory() external view {
        for (uint256 i; i < _moments.length; ++i) {
            _checkMoment(_moments[i]);
        }
    }

    function _stake(address node, uint256 amount) private touches(node, node) {
        uint256 worth = _worthOf(node, node);
        vm.prank(node);
        stakeManager.stake(amount);
        assertGe(_worthOf(node, node) + 1, worth + amount);
        assertLe(_worthOf(node, node), worth + amount);
    }

    function _delegate(address owner, address node, uint256 amount) private touches(node, owner) {
        (uint256 worth, uint256 claimable) = (_worthOf(node, owner), _claimableOf(node, owner));
        vm.prank(owner);
        stakeManager.delegateStake(node, amount);
        assertGe(_worthOf(node, owner) + 1, worth + amount);
        assertLe(_worthOf(node, owner), worth + amount);
        assertLe(_claimableOf(node, owner), claimable);
        assertGe(_claimableOf(node, owner) + 2, claimable);
    }

    function _request(address owner, address node, uint256 amount) private touches(node, owner) {
        (uint256 worth, uint256 claimable) = (_worthOf(node, owner), _claimableOf(node, owner));
        vm.prank(owner);
        stakeManager.requestUnstake(node, amount);
        // Two halves are rounded where there was one whole.
        assertGe(_worthOf(node, owner) + 1, worth);
        assertLe(_worthOf(node, owner), worth + 1);
        assertEq(_claimableOf(node, owner), claimable);
    }

    function _withdraw(address owner, address node) private touches(node, owner) {
        (uint256 active, uint256 unstaking) = stakeManager.worth(node, owner);
        uint256 claimable = _claimableOf(node, owner);
        uint256 balance = token.balanceOf(owner);
        stakeManager.withdraw(node, owner);
        assertEq(token.balanceOf(owner), balance + unstaking);
        assertEq(_worthOf(node, owner), active);
        assertEq(_claimableOf(node, owner), claimable);
    }

    function _slash(address node, uint256 amount) private {
        ++calls;
        _before(node);
        PoolInfo memory pool = stakeManager.pool(node);
        uint256 ref = slasher.slash(node, amount);
        uint256 taken = slasher.taken(ref);
        assertEq(taken, amount < pool.tokens ? amount : pool.tokens);
        uint256 tokens = stakeManager.pool(node).tokens;
        assertLe(tokens, pool.tokens - taken);
        assertGe(tokens + 1, pool.tokens - taken);
        for (uint256 i; i < ACTORS; ++i) {
            // Pro rata: worth × (1 − taken / tokens), but for the wei that rounding takes of each half.
            uint256 left = pool.tokens == 0 ? _worth[i] : _worth[i] * (pool.tokens - taken) / pool.tokens;
            assertApproxEqAbs(_worthOf(node, actors[i]), left, 3);
            assertLe(_worthOf(node, actors[i]), _worth[i]);
            assertEq(_claimableOf(node, actors[i]), _claimable[i]);
            ++roundings[node][actors[i]];
        }
        _attribute(node);
        _checkEvents(node);
    }

    function _freeze(address node, bool frozen) private touches(node, address(0)) {
        if (frozen) slasher.freeze(node);
        else slasher.unfreeze(node);
    }

    function _collect(address owner, address node, uint256 max) private touches(node, address(0)) {
        uint256 collected = stakeManager.position(node, owner).slashesCollected;
        stakeManager.collect(node, owner, max);
        uint256 slashes = stakeManager.pool(node).slashes;
        uint256 now_ = stakeManager.position(node, owner).slashesCollected;
        assertEq(now_, collected + max < slashes ? collected + max : slashes);
    }

    function _addReward(address node, uint256 amount) private touches(node, node) {
        rewardsAdded += amount;
        vm.prank(patron);
        stakeManager.addReward(node, amount);
    }

    function _claim(address owner, address node) private touches(node, owner) {
        uint256 due = _claimableOf(node, owner);
        uint256 balance = token.balanceOf(owner);
        assertEq(stakeManager.claimRewards(node, owner), due);
        assertEq(token.balanceOf(owner), balance + due);
        assertEq(_claimableOf(node, owner), 0);
        rewardsPaid += due;
    }

    function _setCommission(address node, uint64 commission) private touches(node, address(0)) {
        vm.prank(node);
        stakeManager.setCommission(commission);
    }

    /// @dev The second ends here: what holds now is what it will be remembered for.
    function _warp(uint256 time) private {
        for (uint256 n; n < NODES; ++n) {
            _moments.push(Moment(actors[n], uint48(block.timestamp), stakeManager.stakeOf(actors[n])));
        }
        address node = actors[time % NODES];
        _before(node);
        vm.warp(time);
        for (uint256 i; i < ACTORS; ++i) {
            assertGe(_claimableOf(node, actors[i]), _claimable[i]);
        }
        _checkMoment(_moments[time % _moments.length]);
    }

    function _checkMoment(Moment storage m) private view {
        StakeSnapshot memory then = stakeManager.stakeAt(m.node, m.time);
        assertEq(then.own, m.stake.own);
        assertEq(then.delegated, m.stake.delegated);
        assertEq(then.commission, m.stake.commission);
    }

    /// @dev Who only follows the events knows the stake that counts: the last StakeChanged, or none and no change.
    function _checkEvents(address node) private {
        StakeSnapshot memory now_ = stakeManager.stakeOf(node);
        StakeSnapshot memory told = _stakeBefore;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] != IStakeManager.StakeChanged.selector) continue;
            assertEq(logs[i].topics[1], bytes32(uint256(uint160(node))));
            (uint256 own, uint256 delegated, uint64 commission) = abi.decode(logs[i].data, (uint256, uint256, uint64));
            told = StakeSnapshot(uint128(own), uint128(delegated), commission);
        }
        assertEq(abi.encode(now_), abi.encode(told));
    }

    function _before(address node) private {
        vm.recordLogs();
        _stakeBefore = stakeManager.stakeOf(node);
        for (uint256 i; i < ACTORS; ++i) {
            _custody[i] = token.custodyOf(address(stakeManager), actors[i]);
            _worth[i] = _worthOf(node, actors[i]);
            _claimable[i] = _claimableOf(node, actors[i]);
        }
    }

    /// @dev One call touches one pool: what changed of anybody's custody belongs to it.
    function _attribute(address node) private {
        for (uint256 i; i < ACTORS; ++i) {
            uint256 custody = token.custodyOf(address(stakeManager), actors[i]);
            put[node][actors[i]] = put[node][actors[i]] + custody - _custody[i];
        }
    }

    function _worthOf(address node, address owner) private view returns (uint256) {
        (uint256 active, uint256 unstaking) = stakeManager.worth(node, owner);
        return active + unstaking;
    }

    function _claimableOf(address node, address owner) private view returns (uint256) {
        return stakeManager.position(node, owner).claimable;
    }

    function _takesDeposits(address node) private view returns (bool) {
        return stakeManager.openCases(node) == 0 && stakeManager.pool(node).price >= uint256(1e31) / 64;
    }

    /// @dev A wei, everything or anything in between.
    function _amount(uint256 seed, uint256 most) private pure returns (uint256) {
        if (most == 0) return 0;
        if (seed % 5 == 0) return 1;
        if (seed % 7 == 0) return most;
        return bound(seed, 1, most);
    }

    function _actor(uint256 seed) private view returns (address) {
        return actors[seed % ACTORS];
    }

    function _node(uint256 seed) private view returns (address) {
        return actors[seed % NODES];
    }
}
