export type FailureCause =
  'altered' | 'corrupted' | 'missing' | 'wrongKey' | 'wrongContent' | 'notMyKey' | 'noRoom' | 'unchecked' | 'unopened';

/** What an error's code means for a buyer: whose fault it is, and so what there is to do. */
export function causeOf(during: 'check' | 'open' | 'fault', code: string): FailureCause {
  switch (code) {
    case 'PROTOCOL_SEALED_MISMATCH':
      return during === 'check' ? 'altered' : 'wrongContent';
    case 'LISTING_MISMATCH':
    case 'PROTOCOL_INVALID_DOCUMENT':
      return 'altered';
    // The bytes are not those of their address: whoever serves them is to blame, not the seller.
    case 'CONTENT_HASH_MISMATCH':
      return 'corrupted';
    case 'CONTENT_NOT_FOUND':
    case 'CONTENT_TIMEOUT':
    case 'CONTENT_UNREACHABLE':
      return 'missing';
    case 'ORDER_KEY_WRONG':
      return 'wrongKey';
    case 'ORDER_KEY_UNKNOWN':
      return 'notMyKey';
    case 'WEB_NO_ROOM':
      return 'noRoom';
    default:
      return during === 'check' ? 'unchecked' : 'unopened';
  }
}
