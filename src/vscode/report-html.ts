/** The index report's page, before its script fills it. */
import * as vscode from 'vscode';
import { page, wholePage } from './page.ts';

export function reportPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const { t } = vscode.l10n;
  const body = page`  <header>
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
    data-nothing="${t('No path contains this')}"></main>`;
  return wholePage(webview, { extensionUri, name: 'report', title: t('Index Report'), body });
}
