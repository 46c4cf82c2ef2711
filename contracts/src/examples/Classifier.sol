// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IInferenceCallback, IInferenceDesk, InferenceOrder, RequestState} from "../interfaces/IInferenceDesk.sol";
import {Cid} from "../types/Types.sol";

/// @title A worked example: a contract that has texts classified by a model
/// @notice The model's tokens are bytes, and what it says after a text is the text's label, a digit. Whoever wants a label pays
/// for it; the contract asks the desk with a `covey.request/1`, which hosts read, and keeps the label that comes back in a
/// `covey.answer/1`. It takes an answer from the desk alone, for a request that it made, once. A request that nobody answered
/// gives its payer the fee back.
/// @dev What to copy: ask for the desk in `onAnswer`; check that the answer has the shape that is expected before using it;
/// spend less gas there than was ordered; never let `onAnswer` move what others can still claim.
contract Classifier is IInferenceCallback {
    using SafeERC20 for IERC20;

    /// @notice Only the desk answers.
    error NotDesk(address caller);
    /// @notice This contract did not make the request, or has its answer.
    error NotMine(uint256 requestId);
    /// @notice There is nothing to classify.
    error EmptyText();
    /// @notice The desk has not refunded the request, or its payer has the fee back.
    error NothingToReturn(uint256 requestId);

    event Labelled(uint256 indexed requestId, bytes32 indexed text, uint8 label);
    /// @notice The answer is no label of this model.
    event Unreadable(uint256 indexed requestId, bytes32 indexed text);

    /// @dev Writing one word and one event.
    uint32 private constant CALLBACK_GAS = 100_000;
    /// @dev A document in canonical DAG-JSON has one spelling, so that it can be put together, and compared, as text.
    string private constant REQUEST_END = '],"schema":"covey.request/1","seed":0,"stop":[],"temperature":0}';
    bytes private constant ANSWER_BEGIN = '{"finish":"length","kind":"tokens","schema":"covey.answer/1","tokens":[';
    bytes2 private constant ANSWER_END = "]}";

    IInferenceDesk public immutable desk;
    IERC20 public immutable token;
    bytes32 public immutable model;
    bytes32 public immutable scorer;
    uint8 public immutable labels;
    /// @notice How a request begins: what is wanted of which model.
    string public requestBegin;

    /// @dev keccak256 of the text, and who paid for its label.
    struct Asked {
        bytes32 text;
        address payer;
    }

    mapping(uint256 requestId => Asked) public asked;
    /// @notice Of a text, by its keccak256: the label and one, or 0 where there is none yet.
    mapping(bytes32 text => uint16) public labelPlusOne;

    /// @param model_ Digest of the model's file, of which modelCid is the CID; hosts answer nothing where they differ.
    /// @param networkCid Of the task or network document that says the model's layers.
    /// @param labels_ At most ten: labels are digits.
    constructor(
        IInferenceDesk desk_,
        IERC20 token_,
        bytes32 model_,
        string memory modelCid,
        string memory networkCid,
        bytes32 scorer_,
        uint8 labels_
    ) {
        desk = desk_;
        token = token_;
        model = model_;
        scorer = scorer_;
        labels = labels_;
        requestBegin = string.concat(
            '{"kind":"generate","length":1,"model":"', modelCid, '","network":"', networkCid, '","prompt":['
        );
    }

    /// @notice Has a text classified for `fee` wei of the caller.
    function classify(bytes calldata text, uint128 fee) external returns (uint256 requestId) {
        if (text.length == 0) revert EmptyText();
        token.safeTransferFrom(msg.sender, address(this), fee);
        token.forceApprove(address(desk), fee);
        requestId = desk.ask(
            InferenceOrder({
                model: model,
                scorer: scorer,
                input: Cid(0, 0),
                host: address(0),
                fee: fee,
                callbackGas: CALLBACK_GAS,
                answerWindow: 1 hours,
                disputeWindow: 6 hours
            }),
            requestFor(text)
        );
        asked[requestId] = Asked(keccak256(text), msg.sender);
    }

    /// @inheritdoc IInferenceCallback
    function onAnswer(uint256 requestId, bytes calldata output) external {
        if (msg.sender != address(desk)) revert NotDesk(msg.sender);
        Asked memory a = asked[requestId];
        if (a.payer == address(0)) revert NotMine(requestId);
        delete asked[requestId];
        (bool isLabel, uint8 label) = _labelIn(output);
        if (!isLabel) {
            emit Unreadable(requestId, a.text);
            return;
        }
        labelPlusOne[a.text] = uint16(label) + 1;
        emit Labelled(requestId, a.text, label);
    }

    /// @notice The request document for a text: one token more, the likeliest.
    function requestFor(bytes calldata text) public view returns (bytes memory document) {
        bytes memory begin = bytes(requestBegin);
        bytes memory end = bytes(REQUEST_END);
        // Room for three digits and a comma a byte; what is left over is cut off.
        document = new bytes(begin.length + 4 * text.length + end.length);
        uint256 place = _write(document, 0, begin);
        for (uint256 i = 0; i < text.length; ++i) {
            if (i > 0) document[place++] = ",";
            uint256 token_ = uint8(text[i]);
            if (token_ > 99) document[place++] = bytes1(uint8(48 + token_ / 100));
            if (token_ > 9) document[place++] = bytes1(uint8(48 + (token_ / 10) % 10));
            document[place++] = bytes1(uint8(48 + token_ % 10));
        }
        place = _write(document, place, end);
        assembly ("memory-safe") {
            mstore(document, place)
        }
    }

    /// @notice Gives the fee of a request that was refunded to who paid it. Anyone may call.
    function giveBack(uint256 requestId) external {
        Asked memory a = asked[requestId];
        if (a.payer == address(0) || desk.request(requestId).state != RequestState.Refunded) {
            revert NothingToReturn(requestId);
        }
        delete asked[requestId];
        token.safeTransfer(a.payer, desk.request(requestId).fee);
    }

    /// @dev The one token of an answer, where it is a digit below `labels`: 48 for the label 0.
    function _labelIn(bytes calldata output) private view returns (bool isLabel, uint8 label) {
        uint256 begin = ANSWER_BEGIN.length;
        if (output.length != begin + 4 || bytes2(output[begin + 2:]) != ANSWER_END) return (false, 0);
        if (keccak256(output[:begin]) != keccak256(ANSWER_BEGIN)) return (false, 0);
        (uint256 tens, uint256 ones) = (uint8(output[begin]), uint8(output[begin + 1]));
        if (tens < 48 || tens > 57 || ones < 48 || ones > 57) return (false, 0);
        uint256 token_ = 10 * (tens - 48) + ones - 48;
        if (token_ < 48 || token_ - 48 >= labels) return (false, 0);
        return (true, uint8(token_ - 48));
    }

    function _write(bytes memory into, uint256 place, bytes memory part) private pure returns (uint256 end) {
        for (uint256 i = 0; i < part.length; ++i) {
            into[place + i] = part[i];
        }
        return place + part.length;
    }
}
