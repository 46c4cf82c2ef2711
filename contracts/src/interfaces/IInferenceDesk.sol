// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "../types/Types.sol";

/// @notice Asked: waits for an answer. Answered: may be disputed. Disputed: waits for the DAO. Ruled: the DAO said who was
/// right, the answer can be delivered. Delivered and Refunded are ends.
enum RequestState {
    None,
    Asked,
    Answered,
    Disputed,
    Ruled,
    Delivered,
    Refunded
}

enum DisputeVerdict {
    HostRight,
    DisputerRight,
    BothWrong
}

/// @notice What a contract (or an account) asks.
/// @param model sha2-256 digest of the model file; scorer is that of the WASM core.
/// @param input The request document; zeros where its bytes come along.
/// @param host Who may answer; 0 for any host that serves.
/// @param fee Wei for the answer, out of the caller's allowance.
/// @param callbackGas Gas for the asker's `onAnswer`; 0 for no call.
/// @param answerWindow Seconds within which an answer has to come.
/// @param disputeWindow Seconds within which the answer may be disputed; at most the policy's CaseWindow.
struct InferenceOrder {
    bytes32 model;
    bytes32 scorer;
    Cid input;
    address host;
    uint128 fee;
    uint32 callbackGas;
    uint32 answerWindow;
    uint32 disputeWindow;
}

/// @param node Who answered; payee gets the fee when the answer is delivered.
/// @param end Of the state: until when an answer has to come, may be disputed, or the DAO may rule; unix seconds.
/// @param rulingEnd Set when it is answered: the end of its dispute window and the policy's RulingWindow.
/// @param bond Wei of the disputer.
/// @param output sha2-256 digest of what will be delivered: the host's answer, or the disputer's once it was ruled right.
/// @param disputed Digest of what the disputer says.
struct InferenceRequest {
    address asker;
    address host;
    address node;
    address disputer;
    address payee;
    RequestState state;
    uint40 end;
    uint40 rulingEnd;
    uint32 callbackGas;
    uint32 disputeWindow;
    uint128 fee;
    uint128 bond;
    bytes32 model;
    bytes32 scorer;
    Cid input;
    bytes32 output;
    bytes32 disputed;
}

/// @title What a contract that asks implements
interface IInferenceCallback {
    /// @notice The answer to what this contract asked. Called by the desk alone, with the gas that was ordered; whatever this
    /// does, the host is paid and the request is over.
    function onAnswer(uint256 requestId, bytes calldata output) external;
}

/// @title Inference for contracts
/// @notice A contract asks with a fee; an enlisted host answers; within the window that the asker chose anybody may dispute the
/// answer with a bond and another one, and the DAO rules; else anybody has the answer delivered. No answer in time: the
/// fee goes back. A host that was ruled wrong is slashed; so is it when both were wrong, and then the fee goes back and the
/// bond to the treasury. Without a ruling the fee and the bond go back, and nobody is slashed.
///
/// Trust: an undisputed answer is as good as those who watch: an asker that gives them no time, or offers less than what it
/// would cost to bribe them, gets what it pays for. The DAO for disputes. The asker is trusted with nothing.
/// What can never happen: a fee is paid twice, or paid and refunded; a callback holds up money; in wei, escrowed = paid + fees +
/// refunded + held, for fees and bonds alike.
interface IInferenceDesk {
    /// @param inputBytes The request document itself, where it came along.
    event InferenceAsked(
        uint256 indexed requestId,
        address indexed asker,
        address indexed host,
        InferenceOrder order,
        bytes inputBytes,
        uint40 answerEnd
    );
    event InferenceAnswered(uint256 indexed requestId, address indexed node, bytes output, uint40 disputeEnd);
    event InferenceDisputed(
        uint256 indexed requestId, address indexed disputer, bytes output, uint256 bond, uint40 rulingEnd
    );
    event InferenceRuled(uint256 indexed requestId, DisputeVerdict verdict);
    /// @param called Whether the asker's callback was called and did not fail.
    event InferenceDelivered(
        uint256 indexed requestId, address indexed payee, uint256 amount, uint256 fee, bool called
    );
    event InferenceRefunded(uint256 indexed requestId, address indexed asker, uint256 amount);
    event DisputeBondPaid(uint256 indexed requestId, address indexed to, uint256 amount);

    /// @notice The request is not in a state for this.
    error WrongRequestState(uint256 requestId, RequestState state);
    /// @notice A request has its input inline or by its content address: one of them, and inline at most so many bytes.
    error InputInvalid(uint256 length, uint256 maximum);
    /// @notice An answer has so many bytes.
    error OutputLength(uint256 length, uint256 maximum);
    /// @notice A callback gets at most so much gas.
    error CallbackGasTooHigh(uint256 gas_, uint256 maximum);
    /// @notice A window of a request is out of its bounds, seconds.
    error RequestWindowOutOfBounds(uint256 window, uint256 minimum, uint256 maximum);
    /// @notice The caller does not act for a host that may answer this request.
    error NotAnswering(uint256 requestId, address node, address caller);
    /// @notice The window for it has passed.
    error RequestWindowPassed(uint256 requestId, uint40 end);
    /// @notice It cannot be done before this second.
    error RequestWindowOpen(uint256 requestId, uint40 end);
    /// @notice The disputer says the same as the host.
    error NothingDisputed(uint256 requestId);
    /// @notice These bytes are not the answer: their digest is another.
    error OutputMismatch(bytes32 expected, bytes32 got);
    /// @notice The transaction must bring enough gas for the asker's callback.
    /// @custom:action Send it with more gas.
    error CallbackGasMissing(uint256 left, uint256 needed);

    /// @notice Asks; the caller is who gets the answer, or the fee back. Ids start at 1.
    /// @param inputBytes The request document, or nothing where the order names it.
    function ask(InferenceOrder calldata order, bytes calldata inputBytes) external returns (uint256 requestId);
    /// @notice Answers for a host that serves; the first answer counts.
    /// @param node The host; the caller is the node, its operator or one of its signers.
    function answer(uint256 requestId, address node, bytes calldata output) external;
    /// @notice Says that another answer is right, with a bond of the policy's AnswerBond out of the caller's allowance.
    function dispute(uint256 requestId, bytes calldata output) external;
    /// @notice Needs RULE_ANSWER_PERMISSION of the DAO; a disputed request, until its ruling window ends.
    function rule(uint256 requestId, DisputeVerdict verdict) external;
    /// @notice Pays for an undisputed or ruled answer, and calls the asker back. Anyone may call.
    /// @param output Its bytes, from the event.
    function deliver(uint256 requestId, bytes calldata output) external;
    /// @notice Gives the fee back: no answer came in time, or nobody ruled in time. Anyone may call.
    function refund(uint256 requestId) external;

    function requestCount() external view returns (uint256);
    function request(uint256 requestId) external view returns (InferenceRequest memory);
    /// @notice Wei of fees and bonds that are held.
    function held() external view returns (uint256);
    function MAX_INPUT_BYTES() external view returns (uint256);
    function MAX_OUTPUT_BYTES() external view returns (uint256);
    function MAX_CALLBACK_GAS() external view returns (uint256);
    function MIN_WINDOW() external view returns (uint256);
    function MAX_ANSWER_WINDOW() external view returns (uint256);
}
