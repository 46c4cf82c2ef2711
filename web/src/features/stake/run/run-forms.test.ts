// @vitest-environment happy-dom
import { roles } from '@covey/contracts/abi/enums';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp, h, nextTick } from 'vue';
import type { App, Component } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { account } from '../../../../test/fixtures/make.ts';
import { i18n } from '../../../app/i18n.ts';
import AllocateForm from './AllocateForm.vue';
import OperatorForm from './OperatorForm.vue';

const ONE = 10n ** 18n;
let app: App | undefined;
afterEach(() => app?.unmount());

function mounted(form: Component, props: Record<string, unknown>) {
  const root = document.createElement('div');
  document.body.append(root);
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: form }] });
  app = createApp({ render: () => h(form, props) })
    .use(i18n)
    .use(router);
  app.mount(root);
  const type = async (selector: string, text: string) => {
    const field = root.querySelector(selector) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event(field.tagName === 'SELECT' ? 'change' : 'input'));
    await nextTick();
  };
  const button = (testid: string) => root.querySelector(`[data-testid=${testid}]`) as HTMLButtonElement;
  const submit = () => root.querySelector('form')?.dispatchEvent(new Event('submit'));
  return { root, type, button, submit };
}

describe('the form that allocates', () => {
  const state = { operator: null, actingFor: account('node'), allocations: [], free: ONE / 2n };

  it('sends what was typed, and only what fits', async () => {
    const sent: unknown[][] = [];
    const onAllocate = (...args: unknown[]) => void sent.push(args);
    const { root, type, button, submit } = mounted(AllocateForm, { state, busy: false, onAllocate });
    expect(button('run-allocate').disabled).toBe(true);
    await type('#run-role', 'validator');
    await type('#run-task', '7');
    await type('#run-part', '60');
    expect(root.querySelector('#run-part-problem')?.textContent).toBe('More than is free.');
    submit();
    expect(sent).toEqual([]);
    await type('#run-part', '50');
    expect(button('run-allocate').disabled).toBe(false);
    submit();
    expect(sent).toEqual([[7n, roles.indexOf('validator'), ONE / 2n]]);
  });

  it('asks hosts for no task', async () => {
    const { root, type } = mounted(AllocateForm, { state, busy: false });
    expect(root.querySelector('#run-task')).not.toBeNull();
    await type('#run-role', 'host');
    expect(root.querySelector('#run-task')).toBeNull();
  });
});

describe('the form that names an operator', () => {
  it('offers to an address alone, and dismisses who is there', async () => {
    const offered: unknown[] = [];
    let dismissed = 0;
    const operator = account('operator');
    const { type, button, submit } = mounted(OperatorForm, {
      operator,
      busy: false,
      onOffer: (to: unknown) => void offered.push(to),
      onDismiss: () => void (dismissed += 1),
    });
    await type('#run-operator', '0x1234');
    expect(button('run-offer').disabled).toBe(true);
    submit();
    expect(offered).toEqual([]);
    await type('#run-operator', ` ${operator} `);
    submit();
    expect(String(offered[0]).toLowerCase()).toBe(operator);
    button('run-dismiss').click();
    expect(dismissed).toBe(1);
  });

  it('has nobody to dismiss where the node acts itself', () => {
    expect(mounted(OperatorForm, { operator: null, busy: false }).button('run-dismiss')).toBeNull();
  });
});
