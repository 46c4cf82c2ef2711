import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** DOMPurify is only as good as the DOM below it, so this runs in the browser that people use, not in an imitation. */
let browser: Browser;
let page: Page;
const requests: string[] = [];

beforeAll(async () => {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL('./render.ts', import.meta.url)), formats: ['iife'], name: 'markdown' },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const code = outputs
    .flatMap((one) => ('output' in one ? one.output : []))
    .find((file) => file.type === 'chunk')?.code;
  browser = await chromium.launch({
    executablePath: process.env['COVEY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  page = await browser.newPage();
  page.on('request', (request) => requests.push(request.url()));
  await page.setContent('<!doctype html><main></main>');
  await page.addScriptTag({ content: code ?? '' });
});
afterAll(() => browser.close());

/** Renders, puts it into the page as the app does, and tells what is there and whether anything ran. */
function show(source: string) {
  return page.evaluate(async (text) => {
    const scope = globalThis as unknown as { markdown: { renderMarkdown(source: string): string }; ran?: boolean };
    scope.ran = false;
    const main = document.querySelector('main') as HTMLElement;
    main.innerHTML = scope.markdown.renderMarkdown(text);
    for (const link of main.querySelectorAll('a')) link.dispatchEvent(new MouseEvent('mouseover'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { html: main.innerHTML, ran: scope.ran };
  }, source);
}

describe('markdown of anybody', () => {
  it('keeps what descriptions need', async () => {
    const { html } = await show('# Title\n\n**bold** `code`\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |');
    expect(html).toContain('<h2>Title</h2>');
    expect(html).toContain('<strong>bold</strong> <code>code</code>');
    expect(html).toContain('<li>one</li>');
    expect(html).toContain('<td>2</td>');
  });

  it('what hides or rearranges text is shown as what it is, by whichever way it came', async () => {
    const { html } = await show(
      'pay &#x202e;001&#8236; to me&lrm;&shy;&#8203;, [a&rlm;b](https://x.example), \u202eraw 👩‍🚀\n\nnext',
    );
    expect(html).not.toMatch(/[\u202a-\u202e\u200b\u200e\u200f\u00ad]/);
    for (const shown of ['\\u{202e}001\\u{202c}', '\\u{200e}\\u{ad}\\u{200b}', 'a\\u{200f}b', '\\u{202e}raw', '👩‍🚀'])
      expect(html).toContain(shown);
    expect(html).toContain('<p>next</p>');
  });

  it.each([
    '<script>ran = true</script>',
    '<img src=x onerror="ran = true">',
    '<svg onload="ran = true"></svg>',
    '<iframe srcdoc="<script>parent.ran = true</script>"></iframe>',
    '<a href="https://e" onmouseover="ran = true">x</a>',
    '[x](https://e "\\" onmouseover=\\"ran = true")',
    '<math><mtext><table><mglyph><style><img src=x onerror="ran = true">',
    '```\n</code></pre><img src=x onerror="ran = true">\n```',
  ])('runs nothing of %s', async (source) => {
    const { html, ran } = await show(source);
    expect(ran).toBe(false);
    expect(html).not.toMatch(/<(script|img|svg|iframe|style|math)\b/i);
    expect(html).not.toMatch(/<[^>]+\son\w+=/i);
  });

  it.each([
    'javascript:ran=true',
    'data:text/html,<script>1</script>',
    'vbscript:x',
    '//evil.example',
    'file:///etc/passwd',
  ])('makes no link to %s', async (target) => {
    const { html } = await show(`[x](${target})`);
    expect(html).not.toMatch(/href/);
  });

  it('opens links apart and tells nothing about the reader', async () => {
    const { html } = await show('[x](https://example.org/a?b=1&c=<a%20href)');
    expect(html).toContain('rel="noopener noreferrer nofollow ugc"');
    expect(html).toContain('target="_blank"');
    expect(html.match(/<a /g)).toHaveLength(1);
  });

  it('loads no picture from elsewhere', async () => {
    requests.length = 0;
    const { html } = await show('![a picture](https://tracker.example/pixel.png)');
    expect(html).toContain('<a href="https://tracker.example/pixel.png"');
    expect(html).toContain('>a picture</a>');
    expect(requests).toEqual([]);
  });
});
