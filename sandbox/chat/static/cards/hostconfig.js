// How Teams sets its cards: sizes, spacing and the colors of both themes.

const LIGHT = {
  text: "#242424",
  subtle: "#5c5c5c",
  accent: "#4f52b2",
  attention: "#b10e1c",
  good: "#0e700e",
  warning: "#8a3707",
  card: "#ffffff",
  emphasis: "#f3f3f5",
  accentBack: "#e8ebfa",
  goodBack: "#e7f2e6",
  attentionBack: "#fdecee",
  warningBack: "#fdf1e6",
  line: "#e0e0e0",
};

const DARK = {
  text: "#ffffff",
  subtle: "#b3b3b3",
  accent: "#a5a8f5",
  attention: "#f1707b",
  good: "#8ad18a",
  warning: "#f4a862",
  card: "#2b2b2b",
  emphasis: "#353537",
  accentBack: "#33344f",
  goodBack: "#1f3a22",
  attentionBack: "#47222a",
  warningBack: "#45301c",
  line: "#454545",
};

const FONT = '"Segoe UI", system-ui, -apple-system, "Noto Sans", "Helvetica Neue", Arial, sans-serif';
const MONO = 'ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace';
const FONT_SIZES = { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 };
const FONT_WEIGHTS = { lighter: 300, default: 400, bolder: 600 };

const pair = (color, subtle) => ({ default: color, subtle: subtle ?? color });

function foreground(theme) {
  return {
    default: pair(theme.text, theme.subtle),
    dark: pair(theme.text, theme.subtle),
    light: pair(theme.subtle),
    accent: pair(theme.accent),
    attention: pair(theme.attention),
    good: pair(theme.good),
    warning: pair(theme.warning),
  };
}

export function hostConfig(isDark) {
  const theme = isDark ? DARK : LIGHT;
  const style = (backgroundColor) => ({ backgroundColor, foregroundColors: foreground(theme) });
  return {
    supportsInteractivity: true,
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: theme.line },
    fontTypes: {
      default: { fontFamily: FONT, fontSizes: FONT_SIZES, fontWeights: FONT_WEIGHTS },
      monospace: { fontFamily: MONO, fontSizes: FONT_SIZES, fontWeights: FONT_WEIGHTS },
    },
    imageSizes: { small: 32, medium: 52, large: 100 },
    containerStyles: {
      default: style(theme.card),
      emphasis: style(theme.emphasis),
      accent: style(theme.accentBack),
      good: style(theme.goodBack),
      attention: style(theme.attentionBack),
      warning: style(theme.warningBack),
    },
    actions: {
      maxActions: 6,
      spacing: "default",
      buttonSpacing: 8,
      showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
      preExpandSingleShowCardAction: false,
      actionsOrientation: "horizontal",
      actionAlignment: "left",
    },
    adaptiveCard: { allowCustomStyle: false },
    factSet: {
      title: { weight: "bolder", wrap: false, maxWidth: 160 },
      value: { wrap: true },
      spacing: 16,
    },
    inputs: {
      label: {
        requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
        optionalInputs: { weight: "bolder" },
      },
      errorMessage: { color: "attention", size: "small", weight: "default", spacing: "small" },
    },
    textBlock: { headingLevel: 2 },
    textStyles: { heading: { weight: "bolder", size: "medium" }, columnHeader: { weight: "bolder" } },
  };
}
