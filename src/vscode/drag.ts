/** What an editor takes when a result is dropped there. */
import * as vscode from 'vscode';

/** `vscode-remote+ssh-002dremote...` in the address that a webview loads a remote file from. */
const remoteHost = /^vscode-remote\+([^.]+)\./;

/**
 * The file's URI as the window knows it. With a remote folder that is another than the extension's, which does not say
 * which machine is meant; the address for webviews does.
 */
export function dragUri(webview: vscode.Webview, uri: vscode.Uri): vscode.Uri {
  const { authority } = webview.asWebviewUri(uri);
  const encoded = remoteHost.exec(authority)?.[1];
  if (uri.scheme !== 'file' || encoded === undefined) return uri;
  const decoded = encoded.replace(/-([\da-f]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return uri.with({ scheme: 'vscode-remote', authority: decoded });
}
