// @ts-check
/** The theme's colours, as canvases want them. */

/** @import { Theme } from './marks.js' */

/** Told apart in VS Code's own themes, the most different ones first. */
const groupColours = [
  '--vscode-charts-blue',
  '--vscode-charts-orange',
  '--vscode-charts-green',
  '--vscode-charts-purple',
  '--vscode-charts-red',
  '--vscode-charts-yellow',
  '--vscode-terminal-ansiCyan',
];
const restColour = '--vscode-descriptionForeground';

/** @returns {{ marks: Theme, background: number, groups: readonly Colour[], rest: Colour }} */
export function readTheme() {
  const style = getComputedStyle(document.body);
  /** @param {string[]} names the first that the theme has */
  const colour = (...names) => names.map((name) => style.getPropertyValue(name).trim()).find(Boolean) ?? '#808080';
  const background = colour('--vscode-editor-background');
  return {
    marks: {
      background,
      foreground: colour('--vscode-editor-foreground', '--vscode-foreground'),
      lit: colour('--vscode-editor-foreground', '--vscode-foreground'),
      focus: colour('--vscode-focusBorder'),
      font: colour('--vscode-font-family'),
      contrast: /vscode-high-contrast/.test(document.body.className),
    },
    background: toPixel(background),
    groups: groupColours.map((name) => colourOf(colour(name))),
    rest: colourOf(colour(restColour)),
  };
}

/**
 * Calls `changed` whenever the theme does.
 * @param {() => void} changed
 */
export function followTheme(changed) {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
}

/** @typedef {{ css: string, pixel: number }} Colour */

/** A dot is as strong as any other, also where the theme has a colour shine through. @param {string} css @returns {Colour} */
function colourOf(css) {
  const pixel = toPixel(css);
  return { css: `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`, pixel };
}

const probe = /** @type {CanvasRenderingContext2D} */ (
  document.createElement('canvas').getContext('2d', { willReadFrequently: true })
);

/** As a pixel of ImageData, whole: the browser itself knows every form of a colour. @param {string} css */
function toPixel(css) {
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = css;
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
