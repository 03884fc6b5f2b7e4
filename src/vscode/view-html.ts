/** The side bar's page, before its script fills it. */
import * as vscode from 'vscode';
import { page, wholePage } from './page.ts';

export function pageOf(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const { t } = vscode.l10n;
  const body = page`<main>
  <h1>Nearby</h1>
  <form id="form" role="search" autocomplete="off">
    <div class="box">
      <textarea id="query" rows="1" spellcheck="false" placeholder="${t('Search by meaning')}" aria-label="${t('Search by meaning')}"></textarea>
    </div>
    <div class="bar">
      <div id="kind" class="kinds" role="radiogroup" aria-label="${t('Kind of file')}">
        <button type="button" role="radio" data-kind="all" title="${t('Code and docs')}">${t('All')}</button>
        <button type="button" role="radio" data-kind="code" title="${t('Program text only')}">${t('Code')}</button>
        <button type="button" role="radio" data-kind="docs" title="${t('Prose only: Markdown and other text')}">${t('Docs')}</button>
      </div>
      <select id="scope" aria-label="${t('Where to search')}" title="${t('Where to search')}">
        <option value="workspace">${t('Workspace')}</option>
        <option value="folder">${t('Current folder')}</option>
        <option value="open">${t('Open editors')}</option>
        <option value="file">${t('Current file')}</option>
        <option value="changed">${t('Changed files')}</option>
      </select>
      <button type="button" id="more" class="icon codicon codicon-ellipsis" aria-expanded="false" aria-controls="filters" aria-label="${t('Toggle Files to Include and Exclude')}" title="${t('Toggle Files to Include and Exclude')}"></button>
    </div>
    <div id="filters" hidden>
      <label for="include">${t('files to include')}</label>
      <div class="box"><input id="include" type="text" spellcheck="false" placeholder="${t('e.g. src, *.md')}"></div>
      <label for="exclude">${t('files to exclude')}</label>
      <div class="box"><input id="exclude" type="text" spellcheck="false" placeholder="${t('e.g. test, *.min.js')}"></div>
    </div>
  </form>
  <div id="index" role="status" hidden></div>
  <div id="source" hidden
    data-title="${t('Similar to')}"
    data-leave="${t('Back to Search')}"></div>
  <div id="summary" role="status" aria-live="polite"></div>
  <div id="learned" role="status" hidden></div>
  <div id="tree" role="tree" tabindex="0" aria-label="${t('Results')}" hidden
    data-all="${t('Show More of This File')}"
    data-similar="${t('Find Similar')}"
    data-side="${t('Open to the Side')}"
    data-more="${t('More Like This')}"
    data-less="${t('Less Like This')}"
    data-pin="${t('Pin')}"
    data-unpin="${t('Unpin')}"
    data-dismiss="${t('Dismiss')}"><div id="canvas" role="presentation"></div></div>
  <div id="notice" hidden data-recent="${t('Recent searches')}"></div>
</main>`;
  return wholePage(webview, { extensionUri, name: 'search', title: 'Nearby', body });
}
