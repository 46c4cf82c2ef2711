// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Answer, HostInfo, HostState, HostTerms, IHostRegistry} from "../interfaces/IHostRegistry.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {HOLD_HOST_PERMISSION} from "../permission/Permissions.sol";
import {TaskId} from "../types/Ids.sol";
import {Role, StakeSnapshot} from "../types/Types.sol";

/// @title Hosts of models
/// @dev It calls the stake manager, the policy and the DAO alone, none of which calls others.
contract HostRegistry is IHostRegistry, DaoAuthorized, EIP712 {
    /// @inheritdoc IHostRegistry
    uint256 public constant MAX_ENDPOINT_BYTES = 256;
    bytes32 private constant ANSWER_TYPE =
        keccak256("Answer(bytes32 model,bytes32 scorer,bytes32 input,bytes32 output,bytes32 channel,uint64 nonce)");
    /// @dev Under which hosts allocate.
    TaskId private constant HOSTING = TaskId.wrap(0);
    uint256 private constant ONE = 1e18;

    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;

    address[] private _nodes;
    mapping(address node => HostInfo) private _hosts;
    mapping(address node => mapping(address signer => bool)) public isSigner;

    constructor(address dao_, address policy_, address stakeManager_) DaoAuthorized(dao_) EIP712("CoveyHosts", "1") {
        if (policy_ == address(0) || stakeManager_ == address(0)) revert ZeroAddress();
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
    }

    /// @inheritdoc IHostRegistry
    function enlist(HostTerms calldata terms) external returns (address node) {
        uint64 ratio;
        StakeSnapshot memory allocated;
        (node, ratio, allocated) = _bind();
        HostInfo storage h = _hosts[node];
        if (h.state != HostState.None) revert HostExists(node, h.state);
        uint128 minimum = _minimum(allocated.own);
        if (h.enlistment == 0) _nodes.push(node);
        h.state = HostState.Enlisted;
        h.enlistment += 1;
        h.enlistedAt = uint40(block.timestamp);
        h.ratio = ratio;
        // Each is a part of what is below the token's cap.
        h.bound = allocated.own + allocated.delegated;
        h.minimum = minimum;
        emit HostEnlisted(node, h.enlistment, ratio, h.bound, minimum);
        _setTerms(node, h, terms);
    }

    /// @inheritdoc IHostRegistry
    function update(HostTerms calldata terms) external {
        (address node, HostInfo storage h) = _own();
        _setTerms(node, h, terms);
    }

    /// @inheritdoc IHostRegistry
    /// @dev Bound twice for a moment: the stake manager keeps the larger ratio, and what was bound stays.
    function renew() external {
        (address node, HostInfo storage h) = _own();
        (, uint64 ratio, StakeSnapshot memory allocated) = _bind();
        h.minimum = _minimum(allocated.own);
        if (ratio > h.ratio) h.ratio = ratio;
        uint128 bound = allocated.own + allocated.delegated;
        if (bound > h.bound) h.bound = bound;
        emit HostRenewed(node, h.ratio, h.bound, h.minimum);
        stakeManager.unbind(node, HOSTING);
    }

    /// @inheritdoc IHostRegistry
    function resign() external {
        (address node, HostInfo storage h) = _own();
        _leave(node, h);
    }

    /// @inheritdoc IHostRegistry
    function strike(address node) external {
        HostInfo storage h = _enlisted(node);
        uint256 own = ownBound(node);
        if (own >= h.minimum) revert HostSecured(node, own, h.minimum);
        emit HostStruck(node, own, h.minimum);
        _leave(node, h);
    }

    /// @inheritdoc IHostRegistry
    function release(address node) external {
        HostInfo storage h = _hosts[node];
        if (h.state != HostState.Left || block.timestamp < h.casesEnd) revert HostCasesEnd(node, h.casesEnd);
        if (h.holds != 0) revert HostHolds(node, h.holds);
        h.state = HostState.None;
        h.casesEnd = 0;
        h.ratio = 0;
        h.bound = 0;
        emit HostReleased(node);
        stakeManager.unbind(node, HOSTING);
    }

    /// @inheritdoc IHostRegistry
    function hold(address node) external auth(HOLD_HOST_PERMISSION) {
        HostInfo storage h = _hosts[node];
        if (h.state == HostState.None) revert HostNotEnlisted(node, h.state);
        h.holds += 1;
        emit HostHeld(node, h.holds);
    }

    /// @inheritdoc IHostRegistry
    function letGo(address node) external auth(HOLD_HOST_PERMISSION) {
        HostInfo storage h = _hosts[node];
        h.holds -= 1;
        emit HostLetGo(node, h.holds);
    }

    /// @inheritdoc IHostRegistry
    function lower(address node, uint256 amount) external auth(HOLD_HOST_PERMISSION) {
        HostInfo storage h = _hosts[node];
        // Safe narrowing: at most what is bound, else this underflows and reverts.
        h.bound = uint128(h.bound - amount);
        emit HostBoundLowered(node, amount, h.bound);
    }

    /// @inheritdoc IHostRegistry
    function host(address node) external view returns (HostInfo memory) {
        return _hosts[node];
    }

    /// @inheritdoc IHostRegistry
    function hostCount() external view returns (uint256) {
        return _nodes.length;
    }

    /// @inheritdoc IHostRegistry
    function hostAt(uint256 index) external view returns (address) {
        return _nodes[index];
    }

    /// @inheritdoc IHostRegistry
    function isServing(address node) external view returns (bool) {
        HostInfo storage h = _hosts[node];
        return h.state == HostState.Enlisted && ownBound(node) >= h.minimum;
    }

    /// @inheritdoc IHostRegistry
    function isAccusable(address node) external view returns (bool) {
        HostInfo storage h = _hosts[node];
        return h.state == HostState.Enlisted || (h.state == HostState.Left && block.timestamp < h.casesEnd);
    }

    /// @inheritdoc IHostRegistry
    function answersFor(address node, address caller) external view returns (bool) {
        return actsFor(node, caller) || caller == _hosts[node].terms.signer;
    }

    /// @inheritdoc IHostRegistry
    function boundOf(address node) external view returns (uint64 ratio, uint128 bound) {
        HostInfo storage h = _hosts[node];
        return (h.ratio, h.bound);
    }

    /// @inheritdoc IHostRegistry
    function answerDigest(Answer calldata a) external view returns (bytes32) {
        return
            _hashTypedDataV4(
                keccak256(abi.encode(ANSWER_TYPE, a.model, a.scorer, a.input, a.output, a.channel, a.nonce))
            );
    }

    /// @inheritdoc IHostRegistry
    function actsFor(address node, address caller) public view returns (bool) {
        return caller == node || stakeManager.operatorOf(node) == caller;
    }

    /// @inheritdoc IHostRegistry
    function ownBound(address node) public view returns (uint256) {
        // Rounds down, as the stake manager does when it binds: unchanged stake passes.
        HostInfo storage h = _hosts[node];
        return Math.min(uint256(stakeManager.stakeOf(node).own) * h.ratio / ONE, h.bound);
    }

    function _setTerms(address node, HostInfo storage h, HostTerms calldata terms) private {
        uint256 length = bytes(terms.endpoint).length;
        if (length == 0 || length > MAX_ENDPOINT_BYTES) revert EndpointLength(length, MAX_ENDPOINT_BYTES);
        address signer = terms.signer;
        if (signer == address(0) || signer.code.length != 0) revert HostSignerInvalid(signer);
        if (terms.capacity == 0) revert CapacityZero();
        h.terms = terms;
        isSigner[node][signer] = true;
        emit HostTermsSet(node, signer, terms.endpoint, terms.offer, terms.capacity);
    }

    function _leave(address node, HostInfo storage h) private {
        // Safe narrowing: days by the catalogue's bounds.
        uint40 casesEnd = uint40(block.timestamp + policy.latest(Param.CaseWindow));
        h.state = HostState.Left;
        h.casesEnd = casesEnd;
        emit HostLeft(node, casesEnd);
    }

    function _bind() private returns (address node, uint64 ratio, StakeSnapshot memory allocated) {
        return stakeManager.bind(msg.sender, HOSTING, Role.Host, uint48(block.timestamp - 1));
    }

    function _minimum(uint256 own) private view returns (uint128) {
        uint256 minimum = policy.latest(Param.MinHostStake);
        if (own < minimum) revert HostStakeTooLow(own, minimum);
        // Safe narrowing: stakes are below the token's cap.
        return uint128(minimum);
    }

    function _own() private view returns (address node, HostInfo storage h) {
        node = stakeManager.actingFor(msg.sender);
        h = _enlisted(node);
    }

    function _enlisted(address node) private view returns (HostInfo storage h) {
        h = _hosts[node];
        if (h.state != HostState.Enlisted) revert HostNotEnlisted(node, h.state);
    }
}
