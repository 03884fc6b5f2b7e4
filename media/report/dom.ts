/** Making elements: text is always text, never markup. */

interface Attributes {
  readonly text?: string;
  readonly [attribute: string]: string | undefined;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { text, ...attributes }: Attributes = {},
  ...children: readonly Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

/** @param name a codicon's */
export function icon(name: string): HTMLElement {
  const spins = name === 'sync' || name === 'loading' ? ' codicon-modifier-spin' : '';
  return element('span', { class: `codicon codicon-${name}${spins}`, 'aria-hidden': 'true' });
}

export function button(className: string, label: string, run: () => void, iconName?: string): HTMLButtonElement {
  const made = element('button', { type: 'button', class: className });
  if (iconName) made.append(icon(iconName));
  made.append(element('span', { text: label }));
  made.addEventListener('click', run);
  return made;
}

/** Calls `render` for a value that is not what it was, so that what has the focus or is hovered over stays. */
export function whenChanged<T>(render: (value: T) => void): (value: T) => void {
  let shown: string | undefined;
  return (value) => {
    const next = JSON.stringify([value]);
    if (next === shown) return;
    shown = next;
    render(value);
  };
}
