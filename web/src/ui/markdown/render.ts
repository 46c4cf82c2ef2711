import { escapeHidden } from '@covey/protocol/text';
import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

/** Raw HTML in the source is shown as text; what markdown-it makes is still sanitised, as descriptions are anybody's. */
const parser = new MarkdownIt({ html: false, linkify: true, typographer: false });
// Images would tell a third party who reads which proposal; they become links.
parser.renderer.rules['image'] = (tokens, index, _options, _env, self) => {
  const token = tokens[index];
  if (token === undefined) return '';
  const source = parser.utils.escapeHtml(String(token.attrGet('src') ?? ''));
  const label = parser.utils.escapeHtml(self.renderInlineAsText(token.children ?? [], _options, _env) || source);
  return `<a href="${source}">${label}</a>`;
};

const ALLOWED_TAGS = [
  ...['p', 'br', 'hr', 'strong', 'em', 's', 'code', 'pre', 'blockquote', 'a', 'ul', 'ol', 'li'],
  ...['h2', 'h3', 'h4', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
];

const purifier = DOMPurify(window);
purifier.addHook('afterSanitizeAttributes', (node) => {
  // What scrolls sideways has to be reached by keyboard.
  if (node.tagName === 'PRE') node.setAttribute('tabindex', '0');
  if (node.tagName !== 'A') return;
  node.setAttribute('rel', 'noopener noreferrer nofollow ugc');
  node.setAttribute('target', '_blank');
});

/** Safe HTML of somebody's markdown. @public Imported when first needed, by MarkdownText. */
export function renderMarkdown(source: string): string {
  // The page has its own h1, so the document's headings start one level down.
  const shifted = parser
    .render(source)
    .replace(
      /<(\/?)h([1-6])>/g,
      (_match, slash: string, level: string) => `<${slash}h${Math.min(Number(level) + 1, 4)}>`,
    );
  // Texts are checked for what hides or rearranges them as they are written; entities (`&#x202e;`) become it here.
  return purifier.sanitize(escapeHidden(shifted, { lines: true }), {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ['href', 'start', 'rel', 'target'],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|ipfs:|\/(?!\/)|#)/i,
  });
}
