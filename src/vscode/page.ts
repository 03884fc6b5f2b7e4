/** The pages of the extension's webviews: what is the same in all of them, and text that is escaped. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export interface PageParts {
  readonly extensionUri: vscode.Uri;
  /** Of the script and the style in dist/media. */
  readonly name: string;
  readonly title: string;
  /** Made by `page`. */
  readonly body: string;
}

/** A whole page, which loads nothing but its own script, its own style and the editor's icons. */
export function wholePage(webview: vscode.Webview, { extensionUri, name, title, body }: PageParts): string {
  const nonce = randomBytes(16).toString('hex');
  const uri = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, path)).toString();
  const head = page`<!doctype html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${uri('dist/codicons/codicon.css')}">
  <link rel="stylesheet" href="${uri(`dist/media/${name}.css`)}">
  <title>${title}</title>
</head>
<body>
`;
  const foot = page`
  <script nonce="${nonce}" src="${uri(`dist/media/${name}.js`)}"></script>
</body>
</html>`;
  return head + body + foot;
}

/** A web page's text; every value put into it is escaped. */
export function page(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw({ raw: parts }, ...values.map(escaped));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
