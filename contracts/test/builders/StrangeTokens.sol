// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @dev A second currency that anybody can mint.
contract PlainToken is ERC20("Plain", "PLAIN") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @dev A token that refuses some accounts, as those of issuers do, takes a fee where it is told to, and calls whom it is sent to.
contract StrangeToken is ERC20("Strange", "STRANGE") {
    mapping(address account => bool) public refused;
    uint256 public fee;
    bool public calls;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function refuse(address account, bool yes) external {
        refused[account] = yes;
    }

    /// @param fee_ Wei of each transfer.
    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    function setCalls(bool calls_) external {
        calls = calls_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        require(!refused[to], "refused");
        if (from != address(0) && fee != 0) {
            super._update(from, address(0xfee), fee);
            amount -= fee;
        }
        super._update(from, to, amount);
        if (calls && to.code.length != 0) ITokenReceiver(to).onToken(from, amount);
    }
}

interface ITokenReceiver {
    function onToken(address from, uint256 amount) external;
}
