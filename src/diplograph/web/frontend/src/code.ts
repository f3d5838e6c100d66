// The text editor in the place of a textarea, which keeps the text for forms and for pages without scripts.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { turtle } from "@codemirror/legacy-modes/mode/turtle";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { t } from "./messages";

const LANGUAGES = { sparql: StreamLanguage.define(sparql), turtle: StreamLanguage.define(turtle) };

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.comment], color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.number, tags.atom, tags.bool, tags.meta], color: "var(--code-name)" },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--code-variable)" },
]);

/** The words of CodeMirror that a reader comes across. */
const PHRASES = {
  Find: t("Find"),
  Replace: t("Replace"),
  next: t("next"),
  previous: t("previous"),
  all: t("all"),
  "match case": t("match case"),
  regexp: t("regexp"),
  "by word": t("by word"),
  replace: t("replace"),
  "replace all": t("replace all"),
  close: t("close"),
  "current match": t("current match"),
  "on line": t("on line"),
  "replaced match on line $": t("replaced match on line $"),
  "replaced $ matches": t("replaced $ matches"),
  "Go to line": t("Go to line"),
  go: t("go"),
  Completions: t("Completions"),
  Diagnostics: t("Diagnostics"),
  "No diagnostics": t("No diagnostics"),
  "Selection deleted": t("Selection deleted"),
};

// CodeMirror's own marks are images in data: addresses, which the page does not allow.
function dot(severity: string): Record<string, string> {
  return { content: "normal", width: "0.7em", height: "0.7em", marginTop: "0.4em", borderRadius: "50%", backgroundColor: colourOf(severity) };
}

function wave(severity: string): Record<string, string> {
  return { backgroundImage: "none", textDecoration: `underline wavy ${colourOf(severity)}`, textDecorationSkipInk: "none" };
}

function colourOf(severity: string): string {
  return severity === "error" ? "var(--warn)" : "var(--accent)";
}

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--panel)", border: "1px solid var(--edge)", borderRadius: "6px" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "0.875rem", lineHeight: "1.5", minHeight: "12rem", maxHeight: "70vh" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--panel)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--mark)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--panel)", border: "1px solid var(--edge)", borderRadius: "6px" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "0.85rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--paper)", backgroundColor: "var(--accent)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", marginLeft: "1em" },
  ".cm-completionInfo": { maxWidth: "22rem", fontFamily: "var(--sans)", fontSize: "0.85rem" },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--panel)" },
  ".cm-textfield": { color: "var(--ink)", backgroundColor: "var(--paper)" },
  ".cm-button": { color: "var(--ink)", backgroundColor: "var(--mark)", backgroundImage: "none" },
  ".cm-matchingBracket": { backgroundColor: "var(--selection)" },
  ...Object.fromEntries(["error", "warning", "info"].map((severity) => [`.cm-lint-marker-${severity}`, dot(severity)])),
  ...Object.fromEntries(["error", "warning", "info"].map((severity) => [`.cm-lintRange-${severity}`, wave(severity)])),
  ".cm-diagnostic": { fontFamily: "var(--sans)", fontSize: "0.875rem" },
});

// Left to itself the browser replaces a selection with styled text, which the page does not allow and says so.
const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { from, to, empty } = view.state.selection.main;
    if (event.inputType !== "insertText" || event.data === null || empty || view.composing) return false;
    const typed = () => view.state.update(view.state.replaceSelection(event.data!), { userEvent: "input.type", scrollIntoView: true });
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handle) => handle(view, from, to, event.data!, typed))) view.dispatch(typed());
    event.preventDefault();
    return true;
  },
});

/** Put an editor in the place of a textarea. Its style sheets live in a shadow root: the page allows no inline style. */
export function mount(textarea: HTMLTextAreaElement, language: keyof typeof LANGUAGES, more: Extension[] = []): EditorView {
  const host = document.createElement("div");
  host.className = "code";
  const root = host.attachShadow({ mode: "open" });
  const label = textarea.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  const state = EditorState.create({
    doc: textarea.value,
    extensions: [
      ...more,
      EditorState.phrases.of(PHRASES),
      LANGUAGES[language],
      syntaxHighlighting(colours),
      theme,
      typingOverSelection,
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...lintKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) textarea.value = update.state.doc.toString();
      }),
    ],
  });
  const view = new EditorView({ state, root, parent: root });
  textarea.before(host);
  textarea.hidden = true;
  textarea.required = false;
  return view;
}

/** Put another text into the editor. */
export function replace(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 } });
}

/** The offset of a line and column, both from 1, kept within the text. */
export function offsetOf(state: EditorState, line: number, column: number): number {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}
