// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TaskId} from "../types/Ids.sol";
import {Role, StakeSnapshot} from "../types/Types.sol";

/// @notice A node's pool. One share is worth price/1e31 wei; only slashes change that, and only downwards.
/// @param price 1e31 until the first slash.
/// @param tokens Wei that all shares, active and unstaking, are worth, rounded down.
/// @param shares All shares.
/// @param ownShares Active shares of the node itself.
/// @param delegatedShares Active shares of delegators.
/// @param commission In force now, 1e18 = all; nextCommission holds from nextCommissionAt on (both 0 when none is pending).
/// @param openCases Slash cases for which the pool is frozen.
/// @param slashes How often the pool was slashed.
/// @param rewardRate Wei a second to all delegators, rounded down; rewardEnd is when the stream runs dry.
struct PoolInfo {
    uint256 price;
    uint256 tokens;
    uint256 shares;
    uint256 ownShares;
    uint256 delegatedShares;
    uint64 commission;
    uint64 nextCommission;
    uint40 nextCommissionAt;
    uint32 openCases;
    uint32 slashes;
    uint256 rewardRate;
    uint40 rewardEnd;
}

/// @param shares Active shares; unstakingShares those that wait for `availableAt`.
/// @param slashesCollected How many of the pool's slashes have been collected from it.
/// @param claimable Reward wei earned by now and not yet claimed.
struct Position {
    uint256 shares;
    uint256 unstakingShares;
    uint40 availableAt;
    uint32 slashesCollected;
    uint256 claimable;
}

/// @param ref What the slasher called it (the slash court's case id).
/// @param receiver Who slashed, and gets what is collected.
/// @param taken Wei that the pool lost.
/// @param price Of a share after it, × 1e31.
struct SlashRecord {
    uint256 ref;
    address receiver;
    uint256 taken;
    uint256 price;
}

/// @notice A node's part in one task; ratios of its pool, 1e18 = all.
/// @param ratio Allocated now.
/// @param bound At most this is held by rounds that read it: the largest, until all of them have let go.
/// @param readers Rounds that hold it.
struct Allocation {
    Role role;
    uint64 ratio;
    uint64 bound;
    uint32 readers;
}

/// @notice Where slashed tokens go as they are collected.
interface ISlashReceiver {
    /// @notice The stake manager has just sent `amount` wei of the slash `ref` to this contract.
    /// @dev Called with RECEIVER_GAS of gas, but for the node's own part, which comes within `slash` with all there is.
    function onSlashCollected(uint256 ref, uint256 amount) external;
}

/// @title Stake: one pool of shares a node, its own stake and delegated stake alike
/// @notice Staked, delegated and unstaking tokens keep voting for who put them there. A slash lowers the worth of every
/// share of the pool at once, active or unstaking; the tokens behind it (and their votes) are taken position by
/// position: the node's own in the same call, each delegator's whenever anybody calls `collect` or the owner next
/// touches it. So a slash costs the same however many delegators there are, no token votes for two, and nobody gets
/// out before paying its part. Rewards are claimed, not compounded: they are streamed to active delegated shares by
/// stake-time. Deposits, requests and withdrawals of a pool with an open slash case wait for its end.
///
/// Trust: who holds SLASH_PERMISSION of the DAO (the slash court) can freeze a pool for as long as it likes and take all of
/// it, to itself. Nobody else can touch a position but its owner: what anybody may call (`withdraw`, `claimRewards`,
/// `collect`) pays only the owner or collects only what was slashed. The token is trusted to keep what it holds for an
/// owner, and to call nobody; the policy only to answer. The receiver of a slash is not: if it fails, exits go on.
/// What can never happen: a deposit, exit, reward or claim of one changes the worth or the claim of another; the parts of a
/// slash add up to more than the slash; more rewards are paid than were added; anything leaves a frozen pool but rewards
/// and what is collected.
/// Amounts are wei of the token, times are unix seconds, commissions are ratios of 1e18.
interface IStakeManager {
    event Staked(address indexed node, address indexed owner, uint256 amount, uint256 shares);
    event UnstakeRequested(
        address indexed node, address indexed owner, uint256 amount, uint256 shares, uint40 availableAt
    );
    event Unstaked(address indexed node, address indexed owner, uint256 amount);
    event CommissionAnnounced(address indexed node, uint64 commission, uint40 effectiveAt);
    event Frozen(address indexed node, uint256 openCases);
    event Unfrozen(address indexed node, uint256 openCases);
    event Slashed(address indexed node, uint256 indexed ref, uint256 amount, uint256 tokensLeft);
    event SlashCollected(address indexed node, address indexed owner, uint256 indexed ref, uint256 amount);
    /// @notice The receiver failed to take notice of collected wei that it was sent.
    event SlashUnannounced(address indexed receiver, uint256 indexed ref, uint256 amount);
    event RewardAdded(address indexed node, uint256 amount, uint256 rewardRate, uint40 rewardEnd);
    event RewardClaimed(address indexed node, address indexed owner, uint256 amount);
    /// @notice The stake that counts from this second on.
    event StakeChanged(address indexed node, uint256 own, uint256 delegated, uint64 commission);

    /// @notice What the node allocates to the task from this second on; ratio 1e18 = all.
    event Allocated(address indexed node, TaskId indexed taskId, Role role, uint64 ratio);
    /// @notice Another round holds a part of the node's stake.
    event StakeBound(address indexed node, TaskId indexed taskId, uint64 ratio, uint32 readers);
    event StakeUnbound(address indexed node, TaskId indexed taskId, uint32 readers);
    event OperatorOffered(address indexed node, address indexed operator);
    /// @notice Who acts for the node from now on; 0 when it acts itself.
    event OperatorChanged(address indexed node, address indexed operator);

    /// @notice An amount is at least one wei.
    error ZeroAmount();
    /// @notice A delegation is at least the minimum of the policy, wei.
    error AmountTooSmall(uint256 amount, uint256 minimum);
    /// @notice The owner has less at the node than this takes.
    error StakeInsufficient(address node, address owner, uint256 staked, uint256 requested);
    /// @notice A slash case against the node is open: its stake stays until the case ends.
    /// @custom:action Wait for its end.
    error StakeFrozen(address node, uint256 openCases);
    /// @notice The cooldown of what was unstaked has not passed.
    /// @custom:action `covey stake show` says when it has.
    error CooldownRunning(address node, address owner, uint40 availableAt);
    /// @notice The owner has unstaked nothing at the node.
    error NothingToWithdraw(address node, address owner);
    /// @notice The owner has earned nothing at the node since the last claim.
    error NothingToClaim(address node, address owner);
    /// @notice Only nodes that have own stake take delegations.
    /// @custom:action Delegate to another node, or ask this one to stake first.
    error NodeNotStaked(address node);
    /// @notice A node stakes; it does not delegate to itself.
    /// @custom:action Use `stake`.
    error SelfDelegation(address node);
    /// @notice A commission is at most what the policy allows, 1e18 = all.
    error CommissionTooHigh(uint256 commission, uint256 maximum);
    /// @notice A commission is a multiple of this step, 1e18 = all.
    error CommissionGranularity(uint256 commission, uint256 step);
    /// @notice A higher commission is announced and does not hold yet.
    /// @custom:action Wait until it does.
    error CommissionPending(address node, uint40 effectiveAt);
    /// @notice Slashed so far that new shares cannot be priced.
    /// @custom:action The node has to use another address.
    error PoolWorthless(address node);
    /// @notice More slashes than a touch collects.
    /// @custom:action Call `collect` first, as often as it takes.
    error SlashesUncollected(address node, address owner, uint256 count);
    /// @notice The transaction must bring enough gas for the receiver of a slash.
    /// @custom:action Send it with more gas.
    error GasTooLow(uint256 left, uint256 needed);
    /// @notice Stakes can be looked up for seconds that have passed alone.
    error FutureLookup(uint256 timestamp, uint256 now_);
    /// @notice The integral is known up to the beginning of days that have begun, counted from 1970-01-01 UTC.
    error DayNotBegun(uint256 day, uint256 today);

    /// @notice Adds to the caller's own stake, out of the allowance that it gave this contract.
    function stake(uint256 amount) external;
    /// @notice The same with a permit for exactly `amount`. One that somebody used already, or that is not valid, is not
    /// refused: the allowance decides.
    function stakeWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    /// @notice Delegates stake to a node (at least the policy's MinDelegation a time). The tokens vote for the caller.
    function delegateStake(address node, uint256 amount) external;
    /// @notice The same with a permit, as for `stakeWithPermit`.
    function delegateStakeWithPermit(address node, uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
    /// @notice Starts the cooldown of `amount` wei of the caller's position in the node's pool (in shares, rounded up, so
    /// that exactly `amount` comes out unless it is slashed meanwhile). Another request before the first has been withdrawn
    /// restarts the cooldown for both.
    function requestUnstake(address node, uint256 amount) external;
    /// @notice Pays out what a finished cooldown released. Anyone may call; the owner is paid.
    function withdraw(address node, address owner) external;
    /// @notice Announces the caller's commission (1e18 = all, a multiple of 1e12). Lower ones, and the first of a node that
    /// never staked, hold at once, higher ones after the policy's CommissionNotice. A round counts with the commission that
    /// was in force in the second before it opened.
    function setCommission(uint64 commission) external;
    /// @notice Pays a delegator what its shares have earned. Anyone may call; the owner is paid.
    function claimRewards(address node, address owner) external returns (uint256 amount);
    /// @notice Takes `amount` from the caller and streams it to the node's delegators over the policy's RewardStream. With
    /// no active delegation left it is the node's own to claim. Anyone may call.
    function addReward(address node, uint256 amount) external;
    /// @notice Collects from a position what the pool's slashes since its last collection cost it, for at most `max` of
    /// them. Anyone may call, with enough gas for the receiver (RECEIVER_GAS) on top of its own.
    function collect(address node, address owner, uint256 max) external returns (uint256 amount);

    /// @notice Allocates a part of the caller's pool to a task in one role from now on; rounds count it from the next that
    /// opens. 0 ends it; what open rounds hold stays held. Task 0 is for hosts.
    /// @param ratio 1e18 = all; the ratios of all tasks, what is held included, are at most 1.
    function allocate(TaskId taskId, Role role, uint64 ratio) external;
    /// @notice Offers to act for the caller in rounds; 0 withdraws the offer.
    function offerOperator(address operator) external;
    /// @notice The caller accepts to act for the node, in the place of who did.
    function acceptOperator(address node) external;
    /// @notice The caller acts itself again, at once.
    function dismissOperator() external;
    /// @notice The caller acts for its node no longer.
    function resignOperator() external;

    /// @notice Binds for a round what its candidate allocated in the second `asOf`, or has now where that is less. Needs
    /// BIND_PERMISSION of the DAO (held by the round manager), which calls once a round and node.
    /// @param caller The node, or its operator.
    /// @return node For whom the caller acts.
    /// @return ratio What is bound of its pool.
    /// @return allocated The part of the node's stake as it was then, each floored.
    function bind(address caller, TaskId taskId, Role role, uint48 asOf)
        external
        returns (address node, uint64 ratio, StakeSnapshot memory allocated);
    /// @notice One round less holds it. Needs UNBIND_PERMISSION (held by the slash court), which calls once for each `bind`.
    function unbind(address node, TaskId taskId) external;

    /// @notice One more open case: nothing enters or leaves the pool while there is any. Needs SLASH_PERMISSION of the DAO
    /// (held by the slash court), like the two below.
    function freeze(address node) external;
    /// @notice One open case less.
    function unfreeze(address node) external;
    /// @notice Takes `amount` wei (at most all) from the node's pool, pro rata from every share. What is collected is sent
    /// to the caller with `onSlashCollected(ref, …)`; the node's own part comes in this call.
    /// @return taken What the pool lost, in wei; collected parts round so that their sum never passes it.
    function slash(address node, uint256 amount, uint256 ref) external returns (uint256 taken);

    /// @notice Active stake now.
    function stakeOf(address node) external view returns (StakeSnapshot memory);
    /// @notice Active stake as it was at the end of a past second, with the commission then in force.
    function stakeAt(address node, uint48 timestamp) external view returns (StakeSnapshot memory);
    /// @notice The node for which the caller acts.
    function actingFor(address caller) external view returns (address node);
    /// @notice 0 where the node acts itself.
    function operatorOf(address node) external view returns (address);
    function allocation(address node, TaskId taskId) external view returns (Allocation memory);
    /// @notice What was allocated at the end of a past second.
    function allocatedAt(address node, TaskId taskId, uint48 timestamp) external view returns (Role role, uint64 ratio);
    /// @notice What the node could allocate to a task that has nothing of it yet.
    function freeRatio(address node) external view returns (uint64);
    /// @notice Wei of all active stake, own and delegated, by the ratios that are allocated to tasks as trainer or
    /// validator now, or are bound by rounds where that is more. What a round has read leaves it by a slash, or when its
    /// owner asks to unstake.
    function totalAllocated() external view returns (uint256);
    /// @notice The integral over time of INTEGRAL_SCALE / totalAllocated (of a token where less is allocated), up to now.
    function inverseIntegral() external view returns (uint256);
    /// @notice The same up to the beginning of a day (UTC, unix seconds / 86,400) that has come.
    function inverseIntegralAt(uint256 day) external view returns (uint256);
    function INTEGRAL_SCALE() external view returns (uint256);
    /// @notice The node's pool now.
    function pool(address node) external view returns (PoolInfo memory);
    /// @notice An owner's position in a node's pool now; the node's own has no rewards but those of `addReward` without
    /// delegation.
    function position(address node, address owner) external view returns (Position memory);
    /// @notice Worth in wei of a position's active and unstaking shares now, rounded down.
    function worth(address node, address owner) external view returns (uint256 active, uint256 unstaking);
    /// @notice The pool's slashes in their order, from 0; zeros beyond the last.
    function slashOf(address node, uint256 index) external view returns (SlashRecord memory);
    /// @notice For how many slash cases the pool is frozen.
    function openCases(address node) external view returns (uint256);
    /// @notice Wei in custody less what slashes have yet to collect: Σ tokens of all pools and, at most a wei for each
    /// deposit, payment and slash of a position, what rounding left.
    function totalStaked() external view returns (uint256);
    /// @notice Slashed wei that are not yet collected from delegators' positions.
    function uncollected() external view returns (uint256);
    /// @notice Reward wei held for delegators.
    function rewardsHeld() external view returns (uint256);
    /// @notice How many slashes any touch of a position collects from it by itself.
    function MAX_COLLECTED_AT_ONCE() external view returns (uint256);
    /// @notice Gas that the receiver of a collected slash gets to take notice of it.
    function RECEIVER_GAS() external view returns (uint256);
}
