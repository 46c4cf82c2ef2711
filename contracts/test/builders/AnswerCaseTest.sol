// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Answer} from "../../src/interfaces/IHostRegistry.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {Cid} from "../../src/types/Types.sol";
import {HostTest} from "./HostTest.sol";

/// @dev A host that serves, and cases about what it signed.
abstract contract AnswerCaseTest is HostTest {
    AnswerCaseId internal constant FIRST = AnswerCaseId.wrap(1);
    AnswerCaseId internal constant SECOND = AnswerCaseId.wrap(2);
    uint256 internal constant BOND = 500e18;

    Cid internal evidence = Cid(0x0129, keccak256("evidence"));

    function setUp() public virtual override {
        super.setUp();
        _enlisted();
    }

    function _accused(string memory output, uint64 nonce) internal {
        Answer memory a = _answer(output, nonce);
        bytes memory signature = _signed(a);
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("what is right"), evidence);
    }

    function _contested(AnswerCaseId caseId) internal returns (uint40 end) {
        vm.prank(friend);
        cases.contest(caseId);
        return cases.answerCase(caseId).end;
    }

    function _assertOver() internal view {
        assertEq(cases.bondsHeld(), 0);
        assertEq(token.balanceOf(address(cases)), 0);
        assertEq(registry.host(node).holds, 0);
    }
}
