// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IAnswerCases} from "../interfaces/IAnswerCases.sol";
import {IHostRegistry} from "../interfaces/IHostRegistry.sol";
import {
    DisputeVerdict,
    IInferenceCallback,
    IInferenceDesk,
    InferenceOrder,
    InferenceRequest,
    RequestState
} from "../interfaces/IInferenceDesk.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {RULE_ANSWER_PERMISSION} from "../permission/Permissions.sol";
import {CODEC_RAW} from "../types/Codecs.sol";
import {Cid} from "../types/Types.sol";

/// @title Inference for contracts
/// @dev The asker's callback is the one call to a stranger. It is the last thing that `deliver` does, when the request is over
/// and paid, so it may ask again at once and can spoil nothing.
contract InferenceDesk is IInferenceDesk, PausableDeposits {
    using SafeERC20 for IERC20;

    /// @inheritdoc IInferenceDesk
    uint256 public constant MAX_INPUT_BYTES = 8192;
    /// @inheritdoc IInferenceDesk
    uint256 public constant MAX_OUTPUT_BYTES = 4096;
    /// @inheritdoc IInferenceDesk
    uint256 public constant MAX_CALLBACK_GAS = 1_000_000;
    /// @inheritdoc IInferenceDesk
    uint256 public constant MIN_WINDOW = 10 minutes;
    /// @inheritdoc IInferenceDesk
    uint256 public constant MAX_ANSWER_WINDOW = 30 days;
    /// @dev For what happens around the callback: encoding the call, an account not looked at before, the event.
    uint256 private constant AROUND_CALLBACK = 20_000;
    uint256 private constant ONE = 1e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IHostRegistry public immutable registry;
    IAnswerCases public immutable answerCases;

    uint256 public requestCount;
    /// @inheritdoc IInferenceDesk
    uint256 public held;
    mapping(uint256 requestId => InferenceRequest) private _requests;

    constructor(address dao_, address token_, address policy_, address registry_, address answerCases_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0) || registry_ == address(0) || answerCases_ == address(0)) {
            revert ZeroAddress();
        }
        token = IERC20(token_);
        policy = IPolicy(policy_);
        registry = IHostRegistry(registry_);
        answerCases = IAnswerCases(answerCases_);
    }

    /// @inheritdoc IInferenceDesk
    function ask(InferenceOrder calldata order, bytes calldata inputBytes)
        external
        whenDepositsOpen
        returns (uint256 requestId)
    {
        _checkOrder(order, inputBytes.length);
        requestId = ++requestCount;
        InferenceRequest storage r = _requests[requestId];
        r.asker = msg.sender;
        r.host = order.host;
        r.state = RequestState.Asked;
        // Safe narrowing: at most 30 days from now.
        r.end = uint40(block.timestamp + order.answerWindow);
        r.callbackGas = order.callbackGas;
        r.disputeWindow = order.disputeWindow;
        r.fee = order.fee;
        r.model = order.model;
        r.scorer = order.scorer;
        r.input = inputBytes.length == 0 ? order.input : Cid(CODEC_RAW, sha256(inputBytes));
        emit InferenceAsked(requestId, msg.sender, order.host, order, inputBytes, r.end);
        _take(order.fee);
    }

    /// @inheritdoc IInferenceDesk
    function answer(uint256 requestId, address node, bytes calldata output) external {
        InferenceRequest storage r = _in(requestId, RequestState.Asked);
        if (block.timestamp >= r.end) revert RequestWindowPassed(requestId, r.end);
        bool asked = r.host == address(0) || r.host == node;
        if (!asked || !registry.answersFor(node, msg.sender) || !registry.isServing(node)) {
            revert NotAnswering(requestId, node, msg.sender);
        }
        r.node = node;
        r.payee = node;
        r.output = _digest(output);
        r.state = RequestState.Answered;
        // Safe narrowings: days by the catalogue's bounds.
        r.end = uint40(block.timestamp + r.disputeWindow);
        r.rulingEnd = uint40(r.end + policy.latest(Param.RulingWindow));
        emit InferenceAnswered(requestId, node, output, r.end);
        registry.hold(node);
    }

    /// @inheritdoc IInferenceDesk
    function dispute(uint256 requestId, bytes calldata output) external {
        InferenceRequest storage r = _in(requestId, RequestState.Answered);
        if (block.timestamp >= r.end) revert RequestWindowPassed(requestId, r.end);
        bytes32 disputed = _digest(output);
        if (disputed == r.output) revert NothingDisputed(requestId);
        r.disputer = msg.sender;
        r.disputed = disputed;
        r.state = RequestState.Disputed;
        r.end = r.rulingEnd;
        // Safe narrowing: below 2^90 by the catalogue's bounds.
        r.bond = uint128(policy.latest(Param.AnswerBond));
        emit InferenceDisputed(requestId, msg.sender, output, r.bond, r.end);
        _take(r.bond);
    }

    /// @inheritdoc IInferenceDesk
    function rule(uint256 requestId, DisputeVerdict verdict) external auth(RULE_ANSWER_PERMISSION) {
        InferenceRequest storage r = _in(requestId, RequestState.Disputed);
        if (block.timestamp >= r.end) revert RequestWindowPassed(requestId, r.end);
        emit InferenceRuled(requestId, verdict);
        if (verdict == DisputeVerdict.HostRight) {
            r.state = RequestState.Ruled;
            _payBond(requestId, r, r.node);
        } else if (verdict == DisputeVerdict.DisputerRight) {
            r.state = RequestState.Ruled;
            r.output = r.disputed;
            r.payee = r.disputer;
            _payBond(requestId, r, r.disputer);
            answerCases.convict(r.node, r.disputer, requestId);
        } else {
            r.state = RequestState.Refunded;
            _payBond(requestId, r, DAO);
            _refund(requestId, r);
            answerCases.convict(r.node, address(0), requestId);
        }
        registry.letGo(r.node);
    }

    /// @inheritdoc IInferenceDesk
    function deliver(uint256 requestId, bytes calldata output) external {
        InferenceRequest storage r = _requests[requestId];
        bool undisputed = r.state == RequestState.Answered;
        if (!undisputed && r.state != RequestState.Ruled) revert WrongRequestState(requestId, r.state);
        if (undisputed && block.timestamp < r.end) revert RequestWindowOpen(requestId, r.end);
        bytes32 digest = _digest(output);
        if (digest != r.output) revert OutputMismatch(r.output, digest);
        r.state = RequestState.Delivered;
        uint256 fee = uint256(r.fee) * policy.latest(Param.MarketFee) / ONE;
        uint256 amount = r.fee - fee;
        held -= r.fee;
        if (undisputed) registry.letGo(r.node);
        if (amount != 0) token.safeTransfer(r.payee, amount);
        if (fee != 0) token.safeTransfer(DAO, fee);
        bool called = _callBack(requestId, r.asker, r.callbackGas, output);
        emit InferenceDelivered(requestId, r.payee, amount, fee, called);
    }

    /// @inheritdoc IInferenceDesk
    function refund(uint256 requestId) external {
        InferenceRequest storage r = _requests[requestId];
        bool disputed = r.state == RequestState.Disputed;
        if (!disputed && r.state != RequestState.Asked) revert WrongRequestState(requestId, r.state);
        if (block.timestamp < r.end) revert RequestWindowOpen(requestId, r.end);
        r.state = RequestState.Refunded;
        if (disputed) {
            registry.letGo(r.node);
            _payBond(requestId, r, r.disputer);
        }
        _refund(requestId, r);
    }

    /// @inheritdoc IInferenceDesk
    function request(uint256 requestId) external view returns (InferenceRequest memory) {
        return _requests[requestId];
    }

    /// @dev Nothing that it returns is copied, so it cannot make the copy cost. Nobody can make it fail by bringing too little
    /// gas: EIP-150 lets a call have 63 of 64 parts of what is left.
    function _callBack(uint256 requestId, address asker, uint256 gas_, bytes calldata output)
        private
        returns (bool called)
    {
        if (gas_ == 0 || asker.code.length == 0) return false;
        bytes memory data = abi.encodeCall(IInferenceCallback.onAnswer, (requestId, output));
        uint256 needed = gas_ * 64 / 63 + AROUND_CALLBACK;
        if (gasleft() < needed) revert CallbackGasMissing(gasleft(), needed);
        assembly ("memory-safe") {
            called := call(gas_, asker, 0, add(data, 0x20), mload(data), 0, 0)
        }
    }

    function _take(uint256 amount) private {
        held += amount;
        if (amount != 0) token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _payBond(uint256 requestId, InferenceRequest storage r, address to) private {
        held -= r.bond;
        emit DisputeBondPaid(requestId, to, r.bond);
        token.safeTransfer(to, r.bond);
    }

    function _refund(uint256 requestId, InferenceRequest storage r) private {
        held -= r.fee;
        emit InferenceRefunded(requestId, r.asker, r.fee);
        if (r.fee != 0) token.safeTransfer(r.asker, r.fee);
    }

    function _checkOrder(InferenceOrder calldata order, uint256 length) private view {
        bool named = order.input.digest != 0 || order.input.codec != 0;
        if (named == (length != 0) || length > MAX_INPUT_BYTES) revert InputInvalid(length, MAX_INPUT_BYTES);
        if (order.callbackGas > MAX_CALLBACK_GAS) revert CallbackGasTooHigh(order.callbackGas, MAX_CALLBACK_GAS);
        _checkWindow(order.answerWindow, MAX_ANSWER_WINDOW);
        _checkWindow(order.disputeWindow, policy.latest(Param.CaseWindow));
    }

    function _checkWindow(uint256 window, uint256 maximum) private pure {
        if (window < MIN_WINDOW || window > maximum) revert RequestWindowOutOfBounds(window, MIN_WINDOW, maximum);
    }

    function _digest(bytes calldata output) private pure returns (bytes32) {
        if (output.length == 0 || output.length > MAX_OUTPUT_BYTES) {
            revert OutputLength(output.length, MAX_OUTPUT_BYTES);
        }
        return sha256(output);
    }

    function _in(uint256 requestId, RequestState state) private view returns (InferenceRequest storage r) {
        r = _requests[requestId];
        if (r.state != state) revert WrongRequestState(requestId, r.state);
    }
}
