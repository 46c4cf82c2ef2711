// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Classifier} from "../../src/examples/Classifier.sol";
import {RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {HostTest} from "../builders/HostTest.sol";

/// @dev The worked example of docs/reference/hosts.md, end to end.
contract ClassifierTest is HostTest {
    Classifier private classifier;
    bytes private constant TEXT = "a fine day";

    function setUp() public override {
        super.setUp();
        _enlisted();
        classifier = new Classifier(desk, token, MODEL, CORE, 3);
        vm.prank(client);
        token.approve(address(classifier), type(uint256).max);
    }

    function test_ATextIsClassifiedAndItsLabelKept() public {
        uint256 id = _classified(hex"02");
        vm.expectEmit(address(classifier));
        emit Classifier.Labelled(id, keccak256(TEXT), 2);
        desk.deliver(id, hex"02");
        assertEq(classifier.labelPlusOne(keccak256(TEXT)), 3);
        assertEq(token.balanceOf(node), 9.75e18);
    }

    function test_AnAnswerThatIsNoLabelChangesNothingAndIsPaid() public {
        uint256 id = _classified(hex"03");
        vm.expectEmit(address(classifier));
        emit Classifier.Unreadable(id, keccak256(TEXT));
        desk.deliver(id, hex"03");
        assertEq(classifier.labelPlusOne(keccak256(TEXT)), 0);
        assertEq(token.balanceOf(node), 9.75e18);
    }

    function test_OnlyTheDeskAnswersAndOnlyWhatWasAsked() public {
        vm.expectRevert(abi.encodeWithSelector(Classifier.NotDesk.selector, stranger));
        vm.prank(stranger);
        classifier.onAnswer(1, hex"02");
        vm.expectRevert(abi.encodeWithSelector(Classifier.NotMine.selector, 7));
        vm.prank(address(desk));
        classifier.onAnswer(7, hex"02");
    }

    function test_AFeeWithoutAnAnswerGoesBackToWhoPaidItOnce() public {
        vm.prank(client);
        uint256 id = classifier.classify(TEXT, 10e18);
        vm.expectRevert(abi.encodeWithSelector(Classifier.NothingToReturn.selector, id));
        classifier.giveBack(id);
        skip(1 hours);
        desk.refund(id);
        classifier.giveBack(id);
        assertEq(token.balanceOf(client), 10_000e18);
        vm.expectRevert(abi.encodeWithSelector(Classifier.NothingToReturn.selector, id));
        classifier.giveBack(id);
        assertEq(uint8(desk.request(id).state), uint8(RequestState.Refunded));
    }

    function _classified(bytes memory output) private returns (uint256 id) {
        vm.prank(client);
        id = classifier.classify(TEXT, 10e18);
        vm.prank(node);
        desk.answer(id, node, output);
        skip(6 hours);
    }
}
