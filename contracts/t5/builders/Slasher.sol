// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ISlashReceiver, IStakeManager} from "../../src/interfaces/IStakeManager.sol";

/// @dev Who holds SLASH_PERMISSION in tests of the stake alone: it keeps what it gets and counts it by slash.
contract Slasher is ISlashReceiver {
    IStakeManager internal immutable stakeManager;
    IERC20 internal immutable token;

    mapping(uint256 ref => uint256) public collected;
    mapping(uint256 ref => uint256) public taken;
    uint256 public announced;
    uint256 public slashes;

    constructor(IStakeManager stakeManager_, IERC20 token_) {
        stakeManager = stakeManager_;
        token = token_;
    }

    function freeze(address node) external {
        stakeManager.freeze(node);
    }

    function unfreeze(address node) external {
        stakeManager.unfreeze(node);
    }

    /// @return ref From 1.
    function slash(address node, uint256 amount) external returns (uint256 ref) {
        ref = ++slashes;
        taken[ref] = stakeManager.slash(node, amount, ref);
    }

    function onSlashCollected(uint256 ref, uint256 amount) external virtual {
        require(msg.sender == address(stakeManager), "only the stake manager");
        collected[ref] += amount;
        announced += amount;
        // What is announced has arrived.
        require(token.balanceOf(address(this)) >= announced, "announced more than sent");
    }
}
