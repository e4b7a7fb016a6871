// A text box for Markdown: toolbar, preview and names after an @. Without it the box is a plain one.

const MARKS = {
  bold: (text) => [`**${text || ""}**`, 2],
  italic: (text) => [`*${text || ""}*`, 1],
  heading: (text) => [lines(text, "### "), 0],
  list: (text) => [lines(text, "- "), 0],
  numbers: (text) => [text.split("\n").map((line, i) => `${i + 1}. ${line}`).join("\n"), 0],
  quote: (text) => [lines(text, "> "), 0],
  link: (text) => [`[${text || ""}](https://)`, text ? 1 : 11],
};
const WHOLE_LINES = new Set(["heading", "list", "numbers", "quote"]);

const lines = (text, start) => text.split("\n").map((line) => start + line).join("\n");

/** Put text where the cursor is, so that undo still works. */
export function insert(box, text) {
  box.focus();
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

class MarkdownEditor extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("textarea");
    const template = this.querySelector("template");
    if (!this.box || !template || this.bar) return;
    const parts = template.content.cloneNode(true);
    this.bar = parts.querySelector(".editor-bar");
    this.shown = parts.querySelector(".editor-preview");
    this.prepend(parts);
    this.bar.addEventListener("click", (event) => this.press(event.target.closest("button[data-do]")));
    this.bar.addEventListener("keydown", (event) => this.walk(event));
    for (const [i, button] of this.buttons().entries()) button.tabIndex = i ? -1 : 0;
    this.box.addEventListener("keydown", (event) => this.keys(event));
    if (this.dataset.mentionsUrl) new Names(this);
  }

  buttons() {
    return [...this.bar.querySelectorAll("button")];
  }

  // One stop for the tab key; arrows go from button to button (ARIA: toolbar).
  walk(event) {
    const all = this.buttons();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = all[(to + all.length) % all.length];
    for (const button of all) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }

  keys(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const what = { b: "bold", i: "italic", k: "link" }[event.key];
    if (!what) return;
    event.preventDefault();
    this.mark(what);
  }

  press(button) {
    if (!button) return;
    if (button.dataset.do === "preview") this.preview(button);
    else this.mark(button.dataset.do);
  }

  mark(what) {
    if (this.box.hidden) return;
    const { box } = this;
    let { selectionStart: from, selectionEnd: to } = box;
    if (WHOLE_LINES.has(what)) {
      from = box.value.lastIndexOf("\n", from - 1) + 1;
      const end = box.value.indexOf("\n", to);
      to = end < 0 ? box.value.length : end;
    }
    const chosen = box.value.slice(from, to);
    const [text, back] = MARKS[what](chosen);
    box.setSelectionRange(from, to);
    insert(box, text);
    if (back && (!chosen || what === "link")) {
      const at = box.selectionEnd - back;
      box.setSelectionRange(at, at);
    }
  }

  async preview(button) {
    const showing = button.getAttribute("aria-pressed") === "true";
    if (showing) {
      this.turn(button, false);
      this.box.focus();
      return;
    }
    const body = new FormData();
    body.set("text", this.box.value);
    body.set("csrf_token", this.closest("form").querySelector("[name=csrf_token]").value);
    const answer = await fetch(this.dataset.previewUrl, { method: "POST", body }).catch(() => null);
    // Somebody signed out or offline: the button of the form still gives a preview, or says why not.
    if (!answer?.ok) return;
    this.shown.innerHTML = await answer.text();
    this.turn(button, true);
  }

  turn(button, on) {
    button.setAttribute("aria-pressed", String(on));
    this.shown.hidden = !on;
    this.box.hidden = on;
  }
}

// Names after an @: a list under the box, walked with the arrow keys.
class Names {
  constructor(editor) {
    this.editor = editor;
    this.box = editor.box;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `${this.box.id}-names`;
    this.list.role = "listbox";
    this.list.ariaLabel = editor.dataset.namesLabel;
    this.list.hidden = true;
    editor.append(this.list);
    this.box.setAttribute("aria-autocomplete", "list");
    this.box.setAttribute("aria-controls", this.list.id);
    this.box.addEventListener("input", () => this.look());
    this.box.addEventListener("keydown", (event) => this.keys(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => {
      const item = event.target.closest("li");
      if (item) {
        event.preventDefault();
        this.take(item);
      }
    });
  }

  word() {
    const before = this.box.value.slice(0, this.box.selectionStart);
    return before.match(/(?:^|[\s(])@([\p{L}\d-]{2,40})$/u)?.[1];
  }

  look() {
    clearTimeout(this.timer);
    if (!this.word()) return this.close();
    this.timer = setTimeout(() => this.ask(), 150);
  }

  async ask() {
    const word = this.word();
    if (!word) return this.close();
    const url = `${this.editor.dataset.mentionsUrl}?q=${encodeURIComponent(word)}`;
    const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || word !== this.word()) return;
    const { people } = await answer.json();
    this.list.replaceChildren(
      ...people.map((person, i) => {
        const item = document.createElement("li");
        item.role = "option";
        item.id = `${this.list.id}-${i}`;
        item.dataset.handle = person.handle;
        item.textContent = `${person.name} `;
        const handle = document.createElement("span");
        handle.className = "help";
        handle.textContent = `@${person.handle}`;
        item.append(handle);
        return item;
      }),
    );
    this.list.hidden = !people.length;
    this.choose(people.length ? 0 : -1);
  }

  choose(at) {
    this.at = at;
    for (const [i, item] of [...this.list.children].entries()) {
      item.setAttribute("aria-selected", String(i === at));
    }
    const item = this.list.children[at];
    if (item) this.box.setAttribute("aria-activedescendant", item.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  keys(event) {
    if (this.list.hidden) return;
    const all = this.list.children.length;
    if (event.key === "ArrowDown") this.choose((this.at + 1) % all);
    else if (event.key === "ArrowUp") this.choose((this.at - 1 + all) % all);
    else if (event.key === "Enter" || event.key === "Tab") this.take(this.list.children[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(item) {
    const word = this.word();
    if (item && word) {
      const to = this.box.selectionStart;
      this.box.setSelectionRange(to - word.length, to);
      insert(this.box, `${item.dataset.handle} `);
    }
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.choose(-1);
  }
}

customElements.define("markdown-editor", MarkdownEditor);
