// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import "../../src/permission/Permissions.sol";
import {Policy} from "../../src/policy/Policy.sol";
import {PolicyCatalogue} from "../../src/policy/PolicyCatalogue.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {VoteEscrow} from "../../src/token/VoteEscrow.sol";
import {FakeDao} from "./FakeDao.sol";

/// @dev What everything else stands on: a DAO, the token at genesis with all that is liquid in the treasury, the vote
/// escrow and the policy with its defaults.
abstract contract TokenTest is Test {
    bytes32 internal constant SCORER = keccak256("scorer.wasm");

    FakeDao internal dao;
    CoveyToken internal token;
    VoteEscrow internal escrow;
    Policy internal policy;

    address internal treasury = makeAddr("treasury");
    address internal team = makeAddr("team");
    address internal investors = makeAddr("investors");
    address internal ecosystem = makeAddr("ecosystem");
    address internal stranger = makeAddr("stranger");

    function setUp() public virtual {
        vm.warp(1_760_000_000);
        vm.roll(1000);
        dao = new FakeDao();
        address d = address(dao);
        token = new CoveyToken(d, _beneficiaries(), _liquid());
        policy = new Policy(d, SCORER, PolicyCatalogue.defaults());
        escrow = new VoteEscrow(d, address(token));
        dao.grant(address(token), d, SET_CUSTODIAN_PERMISSION);
        dao.grant(address(policy), d, SET_POLICY_PERMISSION);
        dao.grant(address(policy), d, SET_SCORER_PERMISSION);
        dao.grant(address(escrow), d, PAUSE_DEPOSITS_PERMISSION);
        _setCustodian(address(escrow), ICoveyToken.CustodianKind.Escrow);
    }

    function _beneficiaries() internal view returns (ICoveyToken.Beneficiaries memory) {
        return ICoveyToken.Beneficiaries(team, investors, ecosystem);
    }

    function _liquid() internal view returns (ICoveyToken.Allocation[] memory liquid) {
        liquid = new ICoveyToken.Allocation[](1);
        liquid[0] = ICoveyToken.Allocation(treasury, 128_000_000e18);
    }

    function _setCustodian(address custodian, ICoveyToken.CustodianKind kind) internal {
        vm.prank(address(dao));
        token.setCustodian(custodian, kind);
    }

    function _give(address to, uint256 amount) internal {
        vm.prank(treasury);
        token.transfer(to, amount);
    }

    /// @dev Decides a number and lets its notice pass.
    function _setPolicy(Param param, uint256 value) internal {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
    }

    /// @dev An ERC-2612 permit that holds until now.
    function _signPermit(uint256 privateKey, address owner, address spender, uint256 amount)
        internal
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, owner, spender, amount, token.nonces(owner), block.timestamp));
        return vm.sign(privateKey, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash)));
    }
}
