import { describe, expect, it } from 'vitest';
import { announceDemoProvider, createDemoProvider, DEMO_RDNS, isDemoChain } from './demo-provider.ts';

const A = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const B = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';

function setup(answers: Record<string, unknown> = {}, store = new Map<string, string>()) {
  const calls: { method: string; params: unknown[] }[] = [];
  const provider = createDemoProvider({
    rpcUrl: 'http://rpc',
    chainId: 31337,
    storage: {
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => void store.set(key, value),
      removeItem: (key) => void store.delete(key),
    },
    fetch: (async (_url: string, init: RequestInit) => {
      const call = JSON.parse(String(init.body)) as { id: number; method: string; params: unknown[] };
      calls.push(call);
      if (call.method === 'eth_accounts') return Response.json({ id: call.id, result: [A, B] });
      if (call.method === 'eth_call')
        return Response.json({ id: call.id, error: { code: 3, message: 'reverted', data: '0x1234' } });
      return Response.json({ id: call.id, result: answers[call.method] ?? null });
    }) as unknown as typeof fetch,
  });
  return { provider, calls, store };
}

describe('demo wallet', () => {
  it('is for demo chains only', () => {
    expect(isDemoChain({ demo: true, chainId: 31337 })).toBe(true);
    expect(isDemoChain({ demo: true, chainId: 1 })).toBe(false);
    expect(isDemoChain({ demo: false, chainId: 31337 })).toBe(false);
  });

  it('tells no account before it is connected, then the first or the remembered one', async () => {
    const { provider, store } = setup();
    expect(await provider.request({ method: 'eth_accounts' })).toEqual([]);
    expect(await provider.request({ method: 'eth_requestAccounts' })).toEqual([A]);
    expect(await provider.request({ method: 'eth_accounts' })).toEqual([A]);
    expect(await provider.request({ method: 'eth_chainId' })).toBe('0x7a69');
    provider.select(B);
    expect(store.get('covey.demo.account')).toBe(B);
    expect(await provider.request({ method: 'eth_accounts' })).toEqual([B]);
  });

  it('stays connected over a reload, until it is disconnected', async () => {
    const before = setup();
    await before.provider.request({ method: 'eth_requestAccounts' });
    before.provider.select(B);
    const after = setup({}, before.store);
    expect(await after.provider.request({ method: 'eth_accounts' })).toEqual([B]);
    await after.provider.request({ method: 'wallet_revokePermissions' });
    expect(await after.provider.request({ method: 'eth_accounts' })).toEqual([]);
    expect(await setup({}, before.store).provider.request({ method: 'eth_accounts' })).toEqual([]);
  });

  it('tells listeners about another account, until they leave', async () => {
    const { provider } = setup();
    const seen: unknown[] = [];
    const listener = (accounts: unknown) => seen.push(accounts);
    provider.on('accountsChanged', listener);
    await provider.request({ method: 'eth_requestAccounts' });
    provider.select(B);
    provider.removeListener('accountsChanged', listener);
    provider.select(A);
    expect(seen).toEqual([[B]]);
  });

  it('sends for the connected account only', async () => {
    const { provider, calls } = setup({ eth_sendTransaction: '0xhash' });
    const send = (from: string) => provider.request({ method: 'eth_sendTransaction', params: [{ from, to: B }] });
    await expect(send(A)).rejects.toMatchObject({ code: 4100 });
    await provider.request({ method: 'eth_requestAccounts' });
    await expect(send(B)).rejects.toMatchObject({ code: 4100 });
    expect(await send(A.toLowerCase())).toBe('0xhash');
    expect(calls.filter((call) => call.method === 'eth_sendTransaction')).toHaveLength(1);
  });

  it('signs typed data and messages through the node', async () => {
    const { provider } = setup({ eth_signTypedData_v4: '0xsig', personal_sign: '0xsig2' });
    await provider.request({ method: 'eth_requestAccounts' });
    expect(await provider.request({ method: 'eth_signTypedData_v4', params: [A, '{}'] })).toBe('0xsig');
    expect(await provider.request({ method: 'personal_sign', params: ['0x00', A] })).toBe('0xsig2');
    await expect(provider.request({ method: 'personal_sign', params: ['0x00', B] })).rejects.toMatchObject({
      code: 4100,
    });
  });

  it('keeps a revert of the node as it came', async () => {
    const { provider } = setup();
    await expect(provider.request({ method: 'eth_call', params: [] })).rejects.toMatchObject({
      code: 3,
      data: '0x1234',
    });
  });

  it('refuses to control the development chain, and other chains', async () => {
    const { provider, calls } = setup();
    await expect(provider.request({ method: 'anvil_setBalance', params: [] })).rejects.toMatchObject({ code: 4200 });
    await expect(provider.request({ method: 'evm_mine' })).rejects.toMatchObject({ code: 4200 });
    await expect(
      provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId: '0x1' }] }),
    ).rejects.toMatchObject({ code: 4902 });
    expect(calls).toEqual([]);
  });

  it('announces itself on request as EIP-6963 asks', () => {
    const target = new EventTarget();
    const announced: { info: { rdns: string; name: string; uuid: string; icon: string } }[] = [];
    target.addEventListener('eip6963:announceProvider', (event) => announced.push((event as CustomEvent).detail));
    const stop = announceDemoProvider(setup().provider, target);
    target.dispatchEvent(new Event('eip6963:requestProvider'));
    stop();
    target.dispatchEvent(new Event('eip6963:requestProvider'));
    expect(announced).toHaveLength(2);
    expect(announced[0]?.info).toMatchObject({ rdns: DEMO_RDNS, name: 'Covey demo wallet' });
    expect(announced[0]?.info.icon).toMatch(/^data:image\/svg\+xml/);
    expect(announced[1]?.info.uuid).toBe(announced[0]?.info.uuid);
  });
});
