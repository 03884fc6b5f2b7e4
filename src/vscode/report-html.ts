/** The index report's page, before its script fills it. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export function reportPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('hex');
  const uri = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, path)).toString();
  const t = (text: string): string => escaped(vscode.l10n.t(text));
  return `<!doctype html>
<html lang="${escaped(vscode.env.language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${uri('dist/codicons/codicon.css')}">
  <link rel="stylesheet" href="${uri('dist/media/report.css')}">
  <title>${t('Index Report')}</title>
</head>
<body>
  <header>
    <h1>${t('Index Report')}</h1>
    <p>${t('What can be found, what cannot, and why. All of it stays on this machine.')}</p>
    <button type="button" id="log" class="link">${t('Show Log')}</button>
  </header>
  <div id="notes"></div>
  <main id="folders"
    data-filter="${t('Filter by path')}"
    data-open="${t('Open')}"
    data-rule="${t('Open the Rule')}"
    data-include="${t('Include')}"
    data-health="${t('Health')}"
    data-figures="${t('Figures')}"
    data-more="${t('Show More')}"
    data-nothing="${t('No path contains this')}"></main>
  <script nonce="${nonce}" src="${uri('dist/media/report.js')}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
