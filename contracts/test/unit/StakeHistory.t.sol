// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Head, PoolHead} from "../../src/stake/PoolHead.sol";
import {Checkpoint, StakeHistory} from "../../src/stake/StakeHistory.sol";

contract StakeHistoryTest is Test {
    using StakeHistory for mapping(uint256 => uint256);

    mapping(uint256 index => uint256) private _history;
    mapping(uint256 index => uint256) private _full;

    function test_NothingIsFoundBeforeTheFirst() public {
        assertEq(_history.find(0, 100).own, 0);
        _history.write(0, Checkpoint(50, 3, 7, 9));
        Checkpoint memory c = _history.find(1, 49);
        assertEq(c.time + c.commission + c.own + c.delegated, 0);
        c = _history.find(1, 50);
        assertEq(c.time, 50);
        assertEq(c.commission, 3);
        assertEq(c.own, 7);
        assertEq(c.delegated, 9);
    }

    function test_OfOneSecondTheLastCounts() public {
        _history.write(0, Checkpoint(50, 0, 1, 0));
        _history.write(1, Checkpoint(50, 0, 2, 0));
        _history.write(2, Checkpoint(50, 0, 3, 0));
        _history.write(3, Checkpoint(51, 0, 4, 0));
        assertEq(_history.find(4, 50).own, 3);
        assertEq(_history.find(4, 51).own, 4);
    }

    function test_LargestNumbersFit() public {
        Checkpoint memory c = Checkpoint(type(uint40).max, 1_000_000, type(uint96).max, type(uint96).max);
        _full.write(0, c);
        Checkpoint memory back = _full.read(0);
        assertEq(abi.encode(back), abi.encode(c));
    }

    /// @dev Against walking through all of them.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_FindsTheLastOneNotAfterAMoment(uint8[40] memory steps, uint256 count, uint256 moment) public {
        count = bound(count, 1, 40);
        uint256 time = 1000;
        uint256[] memory times = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            // Steps of 0 are frequent: several in one second.
            time += steps[i] % 4;
            times[i] = time;
            _history.write(i, Checkpoint(time, 0, i + 1, 0));
        }
        moment = bound(moment, 998, time + 2);
        uint256 expected;
        for (uint256 i; i < count; ++i) {
            if (times[i] <= moment) expected = i + 1;
        }
        assertEq(_history.find(count, moment).own, expected);
    }

    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_AHeadComesBackAsItWas(
        uint96 own,
        uint96 delegated,
        uint256 commission,
        uint256 count,
        bool marked,
        bool allocated
    ) public pure {
        commission = bound(commission, 0, 1_000_000);
        Head memory head = Head(own, delegated, commission, bound(count, 0, (1 << 42) - 1), marked, allocated);
        assertEq(abi.encode(PoolHead.unpack(PoolHead.pack(head))), abi.encode(head));
    }
}
