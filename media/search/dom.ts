/** Elements. Text is only ever set as text, never as markup. */

/** @throws Error when the page lacks the element: it and the script are made for one another */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no #${id} of that kind.`);
  return found;
}

export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className = '',
  text?: string,
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function codicon(name: string, className = ''): HTMLElement {
  const icon = make('span', `codicon codicon-${name} ${className}`.trim());
  icon.ariaHidden = 'true';
  return icon;
}

export function iconButton(icon: string, label: string): HTMLButtonElement {
  const button = make('button', `icon codicon codicon-${icon}`);
  button.type = 'button';
  button.title = label;
  button.ariaLabel = label;
  return button;
}
