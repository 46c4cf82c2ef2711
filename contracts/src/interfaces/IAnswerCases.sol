// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCaseId} from "../types/Ids.sol";
import {Cid} from "../types/Types.sol";
import {Answer} from "./IHostRegistry.sol";
import {ISlashReceiver} from "./IStakeManager.sol";

/// @notice Open: waits to be contested. Contested: waits for the DAO. Executed: the host was slashed. Dismissed: the DAO found
/// the answer right. Lapsed: nobody ruled.
enum AnswerCaseState {
    None,
    Open,
    Contested,
    Executed,
    Dismissed,
    Lapsed
}

/// @notice How a case says that the host was wrong.
/// - Accused: somebody put up a bond for it.
/// - Contradiction: two answers, both signed, to one question.
/// - Request: the DAO ruled against the host's answer to a contract.
enum AnswerCaseKind {
    Accused,
    Contradiction,
    Request
}

/// @param reporter Who brought it, 0 where nobody did; contester stands up for the host.
/// @param end Until when it may be contested, or ruled once it is; unix seconds.
/// @param ratio Part that is slashed of what the host has bound, 1e18 = all.
/// @param bond Wei of the reporter, and of the contester.
/// @param taken Wei that the pool lost; collected is what has arrived of it, toReporter the reporter's part of that.
/// @param answerHash EIP-712 digest of the answer in question; 0 where it is a request's.
/// @param output What the reporter says is right: the digest of the answer document, the second answer's of a contradiction.
/// @param requestId Of the desk, where it is a request's.
struct AnswerCase {
    address node;
    address reporter;
    address contester;
    AnswerCaseKind kind;
    AnswerCaseState state;
    uint40 end;
    uint64 ratio;
    uint128 bond;
    uint128 reporterCap;
    uint128 taken;
    uint128 collected;
    uint128 toReporter;
    bytes32 answerHash;
    bytes32 output;
    uint256 requestId;
    Cid evidence;
}

/// @title The court of hosts' answers
/// @notice Computation is deterministic, so a signed answer is right or wrong. Two different answers of one host to one question
/// prove themselves. Else it goes by bonds: who accuses puts one up; nobody contesting within the policy's CaseWindow, the
/// host is slashed; contested with an equal bond, the DAO rules within RulingWindow, and the loser's bond goes to the
/// winner. Without a ruling nobody is slashed and the bonds go back. The reporter gets a tenth of a slash, at most the
/// policy's ReporterCap; the treasury gets the rest. So who accuses itself gets a tenth of what it loses.
///
/// Trust: the DAO for contested cases, within its window; the inference desk (CONVICT_HOST_PERMISSION) for what the DAO ruled
/// there; the registry for who signs and what is bound. An accusation is a word and a bond, so it freezes nobody's stake: the
/// policy's UnstakeCooldown outlasts it, and the registry keeps the host's part bound until its case has ended.
/// What can never happen: a slash without an executed case; two slashes for one answer; cases take more than the host has
/// bound since; a bond stays here once the windows of its case are over, unless nobody calls.
interface IAnswerCases is ISlashReceiver {
    event AnswerAccused(
        AnswerCaseId indexed caseId,
        address indexed node,
        address indexed reporter,
        Answer answer,
        bytes32 output,
        uint256 ratio,
        uint256 bond,
        Cid evidence,
        uint40 contestEnd
    );
    event AnswerContradicted(
        AnswerCaseId indexed caseId,
        address indexed node,
        address indexed reporter,
        Answer first,
        Answer second,
        uint256 ratio
    );
    event RequestConvicted(
        AnswerCaseId indexed caseId, address indexed node, address indexed reporter, uint256 requestId, uint256 ratio
    );
    event AnswerContested(AnswerCaseId indexed caseId, address indexed contester, uint40 rulingEnd);
    event AnswerRuled(AnswerCaseId indexed caseId, bool wrong);
    event AnswerCaseExecuted(AnswerCaseId indexed caseId, uint256 taken);
    event AnswerCaseLapsed(AnswerCaseId indexed caseId);
    event AnswerBondPaid(AnswerCaseId indexed caseId, address indexed to, uint256 amount);
    event AnswerSlashDistributed(AnswerCaseId indexed caseId, uint256 toTreasury, uint256 toReporter);

    /// @notice Cases about this host cannot be opened: it never enlisted, or it left longer ago than the policy's CaseWindow.
    error HostNotAccusable(address node);
    /// @notice The host named no such signer: whoever signed, it was not this host.
    error AnswerUnsigned(address node, address signer);
    /// @notice An accusation names another output than the one that was signed.
    error OutputUndisputed(bytes32 output);
    /// @notice The two answers do not contradict each other: model, scorer and input are equal, outputs differ.
    error NotContradictory();
    /// @notice There is a case about this answer already, and it did not lapse.
    error AnswerCaseExists(AnswerCaseId caseId);
    /// @notice The case is not in a state for this.
    error WrongAnswerCaseState(AnswerCaseId caseId, AnswerCaseState state);
    /// @notice The window for it has passed.
    error AnswerWindowPassed(AnswerCaseId caseId, uint40 end);
    /// @notice Until this second the case may be contested, or the DAO may rule.
    error AnswerWindowOpen(AnswerCaseId caseId, uint40 end);
    /// @notice Only the stake manager tells what was collected of a slash.
    error NotStakeManager(address caller);

    /// @notice Says that a signed answer is wrong, with a bond of the policy's AnswerBond out of the caller's allowance.
    /// Once, and again where the case before lapsed.
    /// @param output What is right: sha2-256 digest of the answer document.
    /// @param evidence A document that says how to see it.
    function accuse(
        address node,
        Answer calldata answer,
        bytes calldata signature,
        bytes32 output,
        Cid calldata evidence
    ) external returns (AnswerCaseId caseId);
    /// @notice Two signed answers to one question: the host is slashed at once.
    function contradict(
        address node,
        Answer calldata first,
        bytes calldata firstSignature,
        Answer calldata second,
        bytes calldata secondSignature
    ) external returns (AnswerCaseId caseId);
    /// @notice Stands up for the host, with the same bond. Anyone may, within the case's window.
    function contest(AnswerCaseId caseId) external;
    /// @notice Needs RULE_ANSWER_PERMISSION of the DAO; a contested case, within its ruling window.
    function rule(AnswerCaseId caseId, bool wrong) external;
    /// @notice Slashes the host of a case that nobody contested, once its window has passed. Anyone may call.
    function execute(AnswerCaseId caseId) external;
    /// @notice Ends a contested case on which nobody ruled in time. Anyone may call. The answer can be accused anew.
    function lapse(AnswerCaseId caseId) external;
    /// @notice Slashes a host whose answer to a contract the DAO found wrong. Needs CONVICT_HOST_PERMISSION (the desk).
    /// @param reporter Who disputed it rightly; 0 for nobody.
    function convict(address node, address reporter, uint256 requestId) external returns (AnswerCaseId caseId);

    function caseCount() external view returns (uint256);
    function answerCase(AnswerCaseId caseId) external view returns (AnswerCase memory);
    /// @notice The last accusation of an answer, or the contradiction by which it was slashed, by its EIP-712 digest; 0 for none.
    function caseOf(address node, bytes32 answerHash) external view returns (AnswerCaseId);
    /// @notice Wei that an executed case would take now.
    function slashable(address node, uint256 ratio) external view returns (uint256);
    /// @notice Wei of bonds that are held.
    function bondsHeld() external view returns (uint256);
}
