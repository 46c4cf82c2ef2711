// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IInferenceCallback, IInferenceDesk, InferenceOrder, RequestState} from "../interfaces/IInferenceDesk.sol";
import {Cid} from "../types/Types.sol";

/// @title A worked example: a contract that has texts classified by a model
/// @notice Whoever wants a label pays for it; the contract asks the desk, and keeps the label that comes back. It takes an
/// answer from the desk alone, for a request that it made, once. A request that nobody answered gives its payer the fee
/// back.
/// @dev What to copy: ask for the desk in `onAnswer`; check that the answer has the shape that is expected before using it;
/// spend less gas there than was ordered; never let `onAnswer` move what others can still claim.
contract Classifier is IInferenceCallback {
    using SafeERC20 for IERC20;

    /// @notice Only the desk answers.
    error NotDesk(address caller);
    /// @notice This contract did not make the request, or has its answer.
    error NotMine(uint256 requestId);
    /// @notice The desk has not refunded the request, or its payer has the fee back.
    error NothingToReturn(uint256 requestId);

    event Labelled(uint256 indexed requestId, bytes32 indexed text, uint8 label);
    /// @notice The answer is no label of this model.
    event Unreadable(uint256 indexed requestId, bytes32 indexed text);

    /// @dev Writing one word and one event.
    uint32 private constant CALLBACK_GAS = 100_000;

    IInferenceDesk public immutable desk;
    IERC20 public immutable token;
    bytes32 public immutable model;
    bytes32 public immutable scorer;
    uint8 public immutable labels;

    /// @dev keccak256 of the text, and who paid for its label.
    struct Asked {
        bytes32 text;
        address payer;
    }

    mapping(uint256 requestId => Asked) public asked;
    /// @notice Of a text, by its keccak256: the label and one, or 0 where there is none yet.
    mapping(bytes32 text => uint16) public labelPlusOne;

    constructor(IInferenceDesk desk_, IERC20 token_, bytes32 model_, bytes32 scorer_, uint8 labels_) {
        desk = desk_;
        token = token_;
        model = model_;
        scorer = scorer_;
        labels = labels_;
    }

    /// @notice Has a text classified for `fee` wei of the caller. The model takes the text itself as its request document.
    function classify(bytes calldata text, uint128 fee) external returns (uint256 requestId) {
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
            text
        );
        asked[requestId] = Asked(keccak256(text), msg.sender);
    }

    /// @inheritdoc IInferenceCallback
    function onAnswer(uint256 requestId, bytes calldata output) external {
        if (msg.sender != address(desk)) revert NotDesk(msg.sender);
        Asked memory a = asked[requestId];
        if (a.payer == address(0)) revert NotMine(requestId);
        delete asked[requestId];
        if (output.length != 1 || uint8(output[0]) >= labels) {
            emit Unreadable(requestId, a.text);
            return;
        }
        labelPlusOne[a.text] = uint16(uint8(output[0])) + 1;
        emit Labelled(requestId, a.text, uint8(output[0]));
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
}
