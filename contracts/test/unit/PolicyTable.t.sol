// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {PolicyTable} from "../../src/policy/PolicyTable.sol";

contract PolicyTableTest is Test {
    /// @dev Libraries are inlined; this makes a call of it.
    function write(uint256[] calldata values) external returns (address) {
        return PolicyTable.write(values);
    }

    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_NumbersAreReadAsTheyWereWritten(uint128[] memory numbers) public {
        uint256[] memory values = new uint256[](numbers.length);
        for (uint256 i; i < values.length; ++i) {
            values[i] = numbers[i];
        }
        address table = this.write(values);
        assertEq(table.code.length, 1 + 16 * values.length);
        assertEq(PolicyTable.readAll(table, values.length), values);
        // What is not in it reads as zero.
        assertEq(PolicyTable.read(table, values.length), 0);
    }

    function test_NobodyCanRunATable() public {
        uint256[] memory values = new uint256[](2);
        // SELFDESTRUCT, if it were ever reached.
        values[0] = uint256(0xff) << 120;
        address table = this.write(values);
        assertEq(table.code[0], bytes1(0));
        (bool ok, bytes memory answer) = table.call(hex"12345678");
        assertTrue(ok);
        assertEq(answer.length, 0);
        assertEq(PolicyTable.readAll(table, 2), values);
    }

    function test_ATableThatCannotBeWrittenReverts() public {
        // Enough to lay it out, not for the 200 gas that each byte of code costs.
        vm.expectRevert(PolicyTable.TableNotWritten.selector);
        this.write{gas: 200_000}(new uint256[](100));
    }
}
