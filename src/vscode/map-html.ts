/** The map's page, before its script fills it. */
import * as vscode from 'vscode';
import { page, wholePage } from './page.ts';

export function mapPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const { t } = vscode.l10n;
  const body = page`  <header>
    <form id="form" role="search" autocomplete="off">
      <span class="codicon codicon-search" aria-hidden="true"></span>
      <input id="query" type="text" spellcheck="false" placeholder="${t('Light up by meaning')}" aria-label="${t('Light up by meaning')}">
      <button type="button" id="clear" class="icon codicon codicon-close" title="${t('Clear')}" aria-label="${t('Clear')}" hidden></button>
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
      <button type="button" id="chunks" class="icon codicon codicon-layers" title="${t('Show Chunks')}" aria-label="${t('Show Chunks')}" aria-pressed="false"></button>
      <button type="button" id="list" class="icon codicon codicon-list-unordered" title="${t('List What Is Near the Center')}" aria-label="${t('List What Is Near the Center')}" aria-pressed="false" aria-controls="near"></button>
      <button type="button" id="in" class="icon codicon codicon-zoom-in" title="${t('Zoom In')}" aria-label="${t('Zoom In')}"></button>
      <button type="button" id="out" class="icon codicon codicon-zoom-out" title="${t('Zoom Out')}" aria-label="${t('Zoom Out')}"></button>
      <button type="button" id="fit" class="icon codicon codicon-screen-full" title="${t('Show All')}" aria-label="${t('Show All')}"></button>
      <button type="button" id="refresh" class="icon codicon codicon-refresh" title="${t('Make the Map Anew')}" aria-label="${t('Make the Map Anew')}"></button>
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
  </main>`;
  return wholePage(webview, { extensionUri, name: 'map', title: t('Map'), body });
}
