"""What a screen reader, a keyboard and weak eyes need of a page, looked for in the browser itself.

Contrast and its exceptions are those of WCAG 2.2, 1.4.3; names those of 4.1.2 and 1.1.1.
"""

AUDIT = """
(scope) => {
  const found = [];
  const root = document.querySelector(scope);
  const name = (it) => `${it.tagName} ${it.getAttribute('class') ?? ''} “${it.textContent.trim().slice(0, 40)}”`;
  const ways = { opacityProperty: true, visibilityProperty: true };
  const seen = (it) => it.checkVisibility(ways) && it.getClientRects().length > 0;
  const labelled = (it) => {
    const ids = (it.getAttribute('aria-labelledby') ?? '').split(/\\s+/).filter(Boolean);
    const words = ids.map((id) => document.getElementById(id)?.textContent ?? '').join('');
    return (it.getAttribute('aria-label') || words || it.labels?.[0]?.textContent || it.title || '').trim();
  };
  for (const it of root.querySelectorAll('input, select, textarea')) {
    if (seen(it) && !labelled(it)) found.push('no label: ' + it.outerHTML.slice(0, 120));
  }
  for (const it of root.querySelectorAll('button, [role=button], a[href]')) {
    if (!seen(it)) continue;
    if (!labelled(it) && !it.textContent.trim()) found.push('no name: ' + it.outerHTML.slice(0, 120));
    if (it.tabIndex < 0 && !it.disabled && !it.closest('[role=menu]')) found.push('not by keyboard: ' + name(it));
  }
  for (const it of root.querySelectorAll('img')) {
    if (!it.hasAttribute('alt')) found.push('no alt: ' + it.outerHTML.slice(0, 120));
  }
  for (const it of root.querySelectorAll('svg')) {
    const is_decoration = it.closest('[aria-hidden=true]');
    if (!is_decoration && !labelled(it)) found.push('an unnamed drawing: ' + it.outerHTML.slice(0, 120));
  }
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const behind = (it) => {
    const layers = [];
    for (let at = it; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a) layers.push([r, g, b, a]);
      if (a === 1) break;
    }
    const over = (under, [r, g, b, a]) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
    return layers.reverse().reduce(over, [255, 255, 255]);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const words = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const it = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !seen(it) || it.closest('[disabled], [aria-hidden=true]')) continue;
    const style = getComputedStyle(it);
    const back = behind(it);
    const [r, g, b, a = 1] = channels(style.color);
    const [one, two] = [light([r, g, b].map((c, i) => c * a + back[i] * (1 - a))), light(back)].sort((x, y) => y - x);
    const ratio = (one + 0.05) / (two + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least) found.push(`contrast ${ratio.toFixed(2)}: ${name(it)}`);
  }
  return [...new Set(found)];
}
"""

OUTSIDE = """
(scope) => {
  const edge = document.documentElement.clientWidth;
  const found = [];
  for (const it of document.querySelectorAll(`${scope} *`)) {
    const box = it.getBoundingClientRect();
    const clips = it.closest('pre, .ac-code, [class*=code], .unseen');
    if (box.width && box.right > edge + 1 && !clips) found.push(`${it.className}: ${it.textContent.slice(0, 60)}`);
  }
  return [...new Set(found)];
}
"""
