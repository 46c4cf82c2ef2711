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
        classifier = new Classifier(desk, token, MODEL, "bafkmodel", "bagunetwork", CORE, 3);
        vm.prank(client);
        token.approve(address(classifier), type(uint256).max);
    }

    function test_ATextIsClassifiedAndItsLabelKept() public {
        uint256 id = _classified(_says("50"));
        vm.expectEmit(address(classifier));
        emit Classifier.Labelled(id, keccak256(TEXT), 2);
        desk.deliver(id, _says("50"));
        assertEq(classifier.labelPlusOne(keccak256(TEXT)), 3);
        assertEq(token.balanceOf(node), 9.75e18);
    }

    function test_AnAnswerThatIsNoLabelChangesNothingAndIsPaid() public {
        uint256 id = _classified(_says("51"));
        vm.expectEmit(address(classifier));
        emit Classifier.Unreadable(id, keccak256(TEXT));
        desk.deliver(id, _says("51"));
        assertEq(classifier.labelPlusOne(keccak256(TEXT)), 0);
        assertEq(token.balanceOf(node), 9.75e18);
    }

    /// @dev Whatever a host says, the callback ends: the fee is paid, and nothing is kept but labels.
    function testFuzz_OnlyADigitBelowTheNumberOfLabelsIsALabel(uint8 token_, bytes memory junk) public {
        string memory said = vm.toString(uint256(token_));
        _delivers(_says(said), token_ >= 48 && token_ < 51);
        _delivers(abi.encodePacked(_says(said), junk, "x"), false);
        if (junk.length > 0 && junk.length <= 4096) _delivers(junk, false);
    }

    function test_AnAnswerOfTheRightLengthThatIsNoNumberIsNoLabel() public {
        _delivers(_says("5x"), false);
        _delivers(_says("/0"), false);
        _delivers(_says("04"), false);
        bytes memory other = _says("50");
        other[2] = "F";
        _delivers(other, false);
    }

    function test_ARequestIsTheCanonicalDocumentOfItsText() public view {
        assertEq(
            string(classifier.requestFor(hex"00096364ff")),
            '{"kind":"generate","length":1,"model":"bafkmodel","network":"bagunetwork","prompt":[0,9,99,100,255],"schema":"covey.request/1","seed":0,"stop":[],"temperature":0}'
        );
    }

    function test_ThereMustBeAText() public {
        vm.expectRevert(Classifier.EmptyText.selector);
        vm.prank(client);
        classifier.classify("", 1e18);
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

    function _delivers(bytes memory output, bool isLabel) private {
        uint256 id = _classified(output);
        (bytes32 text,) = classifier.asked(id);
        assertEq(text, keccak256(TEXT));
        vm.expectEmit(false, false, false, false, address(classifier));
        if (isLabel) emit Classifier.Labelled(id, text, 0);
        else emit Classifier.Unreadable(id, text);
        desk.deliver(id, output);
        (, address payer) = classifier.asked(id);
        assertEq(payer, address(0), "the callback failed");
    }

    function _says(string memory token_) private pure returns (bytes memory) {
        return
            bytes(
                string.concat('{"finish":"length","kind":"tokens","schema":"covey.answer/1","tokens":[', token_, "]}")
            );
    }
}
