/** The map's page, before its script fills it. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

export function mapPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString('hex');
  const uri = (path: string): string => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, path)).toString();
  const t = (text: string): string => escapeHtml(vscode.l10n.t(text));
  const button = (id: string, icon: string, label: string, rest = ''): string =>
    `<button type="button" id="${id}" class="icon codicon codicon-${icon}" title="${t(label)}" aria-label="${t(label)}"${rest}></button>`;
  return `<!doctype html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; font-src ${webview.cspSource}; script-src 'nonce-${nonce}';">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${uri('dist/codicons/codicon.css')}">
  <link rel="stylesheet" href="${uri('dist/media/map.css')}">
  <title>${t('Map')}</title>
</head>
<body>
  <header>
    <form id="form" role="search" autocomplete="off">
      <span class="codicon codicon-search" aria-hidden="true"></span>
      <input id="query" type="text" spellcheck="false" placeholder="${t('Light up by meaning')}" aria-label="${t('Light up by meaning')}">
      ${button('clear', 'close', 'Clear', ' hidden')}
    </form>
    <span id="count" role="status"
      data-one="${t('1 result')}" data-many="${t('{0} results')}" data-none="${t('No results')}"></span>
    <span class="gap"></span>
    <label><span class="wide">${t('Color by')}</span>
      <select id="colour" aria-label="${t('Color by')}">
        <option value="folder">${t('Folder')}</option>
        <option value="kind">${t('Code and docs')}</option>
        <option value="type">${t('File type')}</option>
      </select>
    </label>
    <span class="tools" role="toolbar" aria-label="${t('Map')}">
      ${button('chunks', 'layers', 'Show Chunks', ' aria-pressed="false"')}
      ${button('list', 'list-unordered', 'List What Is Near the Center', ' aria-pressed="false" aria-controls="near"')}
      ${button('in', 'zoom-in', 'Zoom In')}
      ${button('out', 'zoom-out', 'Zoom Out')}
      ${button('fit', 'screen-full', 'Show All')}
      ${button('refresh', 'refresh', 'Make the Map Anew')}
    </span>
  </header>
  <div id="progress" role="progressbar" aria-label="${t('Making the map')}" hidden></div>
  <main>
    <div id="plane" role="application" tabindex="0" aria-describedby="help" hidden
      data-label="${t('Map of {0} files and {1} chunks')}">
      <canvas id="dots" aria-hidden="true"></canvas>
      <canvas id="marks" aria-hidden="true"></canvas>
    </div>
    <p id="help" class="unseen">${t('Arrow keys move, plus and minus zoom, 0 shows all, Enter goes to the list of what is near the center.')}</p>
    <ul id="legend" aria-label="${t('Colors')}" hidden data-other="${t('Other')}" data-code="${t('Code')}" data-docs="${t('Docs')}"
      data-top="${t('(top level)')}" data-plain="${t('(no extension)')}"></ul>
    <section id="near" hidden>
      <h2 id="near-title">${t('Near the center')}</h2>
      <div id="places" role="listbox" tabindex="0" aria-labelledby="near-title"></div>
    </section>
    <div id="tip" hidden data-chunks="${t('{0} chunks')}" data-chunk="${t('1 chunk')}" data-line="${t('Line {0}')}" data-lines="${t('Lines {0}–{1}')}"></div>
    <div id="notice" hidden><h2></h2><p></p></div>
    <div id="stale" role="status" hidden>${t('The index has changed.')} <button type="button" class="link">${t('Refresh')}</button></div>
  </main>
  <script nonce="${nonce}" src="${uri('dist/media/map.js')}"></script>
</body>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
