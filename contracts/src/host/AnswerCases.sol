// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {AnswerCase, AnswerCaseKind, AnswerCaseState, IAnswerCases} from "../interfaces/IAnswerCases.sol";
import {Answer, IHostRegistry} from "../interfaces/IHostRegistry.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {CONVICT_HOST_PERMISSION, RULE_ANSWER_PERMISSION} from "../permission/Permissions.sol";
import {AnswerCaseId} from "../types/Ids.sol";
import {Cid} from "../types/Types.sol";

/// @title The court of hosts' answers
contract AnswerCases is IAnswerCases, DaoAuthorized, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice The reporter gets one part in so many, up to the policy's cap.
    uint256 public constant REPORTER_PART = 10;
    /// @notice What the stake manager calls a case: its id above this, so that no slash has the name of one of the slash court.
    uint256 public constant FIRST_REF = 1 << 128;
    uint256 private constant ONE = 1e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    IHostRegistry public immutable registry;

    uint256 public caseCount;
    /// @inheritdoc IAnswerCases
    uint256 public bondsHeld;
    mapping(AnswerCaseId caseId => AnswerCase) private _cases;
    mapping(address node => mapping(bytes32 answerHash => AnswerCaseId)) private _accusationOf;
    /// @dev By which case the answer was slashed.
    mapping(address node => mapping(bytes32 answerHash => AnswerCaseId)) private _slashOf;

    constructor(address dao_, address token_, address policy_, address stakeManager_, address registry_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0) || registry_ == address(0)) {
            revert ZeroAddress();
        }
        token = IERC20(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        registry = IHostRegistry(registry_);
    }

    /// @inheritdoc IAnswerCases
    function accuse(
        address node,
        Answer calldata answer,
        bytes calldata signature,
        bytes32 output,
        Cid calldata evidence
    ) external nonReentrant returns (AnswerCaseId caseId) {
        if (output == answer.output) revert OutputUndisputed(output);
        bytes32 answerHash = _signedAnswer(node, answer, signature);
        // On a lapsed case nobody ruled: were it the last, a host could accuse itself, contest, and be safe from others.
        AnswerCaseId known = _accusationOf[node][answerHash];
        if (_cases[known].state != AnswerCaseState.Lapsed) _requireNone(known);
        _requireNone(_slashOf[node][answerHash]);
        AnswerCase storage c;
        (caseId, c) = _create(node, msg.sender, AnswerCaseKind.Accused);
        _accusationOf[node][answerHash] = caseId;
        c.state = AnswerCaseState.Open;
        c.end = _after(Param.CaseWindow);
        // Safe narrowing: below 2^90 by the catalogue's bounds.
        c.bond = uint128(policy.latest(Param.AnswerBond));
        c.answerHash = answerHash;
        c.output = output;
        c.evidence = evidence;
        emit AnswerAccused(caseId, node, msg.sender, answer, output, c.ratio, c.bond, evidence, c.end);
        registry.hold(node);
        _takeBond(c.bond);
    }

    /// @inheritdoc IAnswerCases
    /// @dev An accusation that is still open about either goes on, without taking anything any more.
    function contradict(
        address node,
        Answer calldata first,
        bytes calldata firstSignature,
        Answer calldata second,
        bytes calldata secondSignature
    ) external nonReentrant returns (AnswerCaseId caseId) {
        bool contradictory = first.model == second.model && first.scorer == second.scorer && first.input == second.input
            && first.output != second.output;
        if (!contradictory) revert NotContradictory();
        bytes32 answerHash = _signedAnswer(node, first, firstSignature);
        bytes32 otherHash = _signedAnswer(node, second, secondSignature);
        _requireNone(_slashOf[node][answerHash]);
        _requireNone(_slashOf[node][otherHash]);
        AnswerCase storage c;
        (caseId, c) = _create(node, msg.sender, AnswerCaseKind.Contradiction);
        c.answerHash = answerHash;
        c.output = second.output;
        _slashOf[node][otherHash] = caseId;
        emit AnswerContradicted(caseId, node, msg.sender, first, second, c.ratio);
        _slash(caseId, c);
    }

    /// @inheritdoc IAnswerCases
    function convict(address node, address reporter, uint256 requestId)
        external
        auth(CONVICT_HOST_PERMISSION)
        nonReentrant
        returns (AnswerCaseId caseId)
    {
        AnswerCase storage c;
        (caseId, c) = _create(node, reporter, AnswerCaseKind.Request);
        c.requestId = requestId;
        emit RequestConvicted(caseId, node, reporter, requestId, c.ratio);
        _slash(caseId, c);
    }

    /// @inheritdoc IAnswerCases
    function contest(AnswerCaseId caseId) external nonReentrant {
        AnswerCase storage c = _in(caseId, AnswerCaseState.Open);
        if (block.timestamp >= c.end) revert AnswerWindowPassed(caseId, c.end);
        c.state = AnswerCaseState.Contested;
        c.contester = msg.sender;
        c.end = _after(Param.RulingWindow);
        emit AnswerContested(caseId, msg.sender, c.end);
        _takeBond(c.bond);
    }

    /// @inheritdoc IAnswerCases
    function rule(AnswerCaseId caseId, bool wrong) external auth(RULE_ANSWER_PERMISSION) nonReentrant {
        AnswerCase storage c = _in(caseId, AnswerCaseState.Contested);
        if (block.timestamp >= c.end) revert AnswerWindowPassed(caseId, c.end);
        emit AnswerRuled(caseId, wrong);
        if (wrong) {
            _slash(caseId, c);
            _payBond(caseId, c.reporter, 2 * uint256(c.bond));
        } else {
            c.state = AnswerCaseState.Dismissed;
            _payBond(caseId, c.contester, 2 * uint256(c.bond));
        }
        registry.letGo(c.node);
    }

    /// @inheritdoc IAnswerCases
    function execute(AnswerCaseId caseId) external nonReentrant {
        AnswerCase storage c = _in(caseId, AnswerCaseState.Open);
        if (block.timestamp < c.end) revert AnswerWindowOpen(caseId, c.end);
        _slash(caseId, c);
        _payBond(caseId, c.reporter, c.bond);
        registry.letGo(c.node);
    }

    /// @inheritdoc IAnswerCases
    function lapse(AnswerCaseId caseId) external nonReentrant {
        AnswerCase storage c = _in(caseId, AnswerCaseState.Contested);
        if (block.timestamp < c.end) revert AnswerWindowOpen(caseId, c.end);
        c.state = AnswerCaseState.Lapsed;
        emit AnswerCaseLapsed(caseId);
        _payBond(caseId, c.reporter, c.bond);
        _payBond(caseId, c.contester, c.bond);
        registry.letGo(c.node);
    }

    /// @inheritdoc ISlashReceiver
    /// @dev Delegators' deposits, exits and claims pass through here, so it refuses nothing that the stake manager says.
    function onSlashCollected(uint256 ref, uint256 amount) external {
        if (msg.sender != address(stakeManager)) revert NotStakeManager(msg.sender);
        AnswerCaseId caseId = AnswerCaseId.wrap(ref - FIRST_REF);
        AnswerCase storage c = _cases[caseId];
        // Rounds down, to the treasury. Safe narrowings: parts never add up to more than what the pool lost.
        uint256 toReporter =
            c.reporter == address(0) ? 0 : Math.min(amount / REPORTER_PART, c.reporterCap - c.toReporter);
        c.collected += uint128(amount);
        c.toReporter += uint128(toReporter);
        emit AnswerSlashDistributed(caseId, amount - toReporter, toReporter);
        if (toReporter != 0) token.safeTransfer(c.reporter, toReporter);
        token.safeTransfer(DAO, amount - toReporter);
    }

    /// @inheritdoc IAnswerCases
    function answerCase(AnswerCaseId caseId) external view returns (AnswerCase memory) {
        return _cases[caseId];
    }

    /// @inheritdoc IAnswerCases
    function caseOf(address node, bytes32 answerHash) public view returns (AnswerCaseId caseId) {
        caseId = _accusationOf[node][answerHash];
        if (AnswerCaseId.unwrap(caseId) == 0) caseId = _slashOf[node][answerHash];
    }

    /// @inheritdoc IAnswerCases
    /// @dev Of what the host bound and earlier cases left, and never more than that part of the pool is worth now: the
    /// rest of the pool secures other things. Each rounds down, in favour of the host.
    function slashable(address node, uint256 ratio) public view returns (uint256) {
        (uint64 boundRatio, uint128 bound) = registry.boundOf(node);
        uint256 worth = stakeManager.pool(node).tokens * boundRatio / ONE;
        return Math.min(bound, worth) * ratio / ONE;
    }

    function _create(address node, address reporter, AnswerCaseKind kind)
        private
        returns (AnswerCaseId caseId, AnswerCase storage c)
    {
        caseId = AnswerCaseId.wrap(++caseCount);
        c = _cases[caseId];
        c.node = node;
        c.reporter = reporter;
        c.kind = kind;
        // Safe narrowings: a ratio of at most 1e18, a cap below 2^90.
        c.ratio = uint64(policy.latest(Param.SlashWrongAnswer));
        c.reporterCap = uint128(policy.latest(Param.ReporterCap));
    }

    /// @dev An answer is slashed once. The stake manager calls `onSlashCollected` within this call with what it collects at
    /// once.
    function _slash(AnswerCaseId caseId, AnswerCase storage c) private {
        address node = c.node;
        c.state = AnswerCaseState.Executed;
        uint256 taken;
        bytes32 answerHash = c.answerHash;
        bool slashed = answerHash != 0 && AnswerCaseId.unwrap(_slashOf[node][answerHash]) != 0;
        if (!slashed) {
            if (answerHash != 0) _slashOf[node][answerHash] = caseId;
            uint256 amount = slashable(node, c.ratio);
            taken = stakeManager.slash(node, amount, FIRST_REF + AnswerCaseId.unwrap(caseId));
            // Safe narrowing: at most what was asked for.
            c.taken = uint128(taken);
            registry.lower(node, taken);
        }
        emit AnswerCaseExecuted(caseId, taken);
    }

    function _takeBond(uint256 amount) private {
        bondsHeld += amount;
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _payBond(AnswerCaseId caseId, address to, uint256 amount) private {
        bondsHeld -= amount;
        emit AnswerBondPaid(caseId, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @dev Whoever signed, it counts against the node that named the signer, while cases about it can be opened.
    function _signedAnswer(address node, Answer calldata answer, bytes calldata signature)
        private
        view
        returns (bytes32 answerHash)
    {
        if (!registry.isAccusable(node)) revert HostNotAccusable(node);
        answerHash = registry.answerDigest(answer);
        (address signer, ECDSA.RecoverError wrong,) = ECDSA.tryRecoverCalldata(answerHash, signature);
        if (wrong != ECDSA.RecoverError.NoError || !registry.isSigner(node, signer)) {
            revert AnswerUnsigned(node, signer);
        }
    }

    /// @dev Safe narrowing: days by the catalogue's bounds.
    function _after(Param window) private view returns (uint40) {
        return uint40(block.timestamp + policy.latest(window));
    }

    function _in(AnswerCaseId caseId, AnswerCaseState state) private view returns (AnswerCase storage c) {
        c = _cases[caseId];
        if (c.state != state) revert WrongAnswerCaseState(caseId, c.state);
    }

    function _requireNone(AnswerCaseId caseId) private pure {
        if (AnswerCaseId.unwrap(caseId) != 0) revert AnswerCaseExists(caseId);
    }
}
