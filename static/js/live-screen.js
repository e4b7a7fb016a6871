// What every screen that follows something by itself has in common, `globalThis.LiveScreen`: the page
// without scripts is taken over when it changed, and what somebody typed outlives that. Words stay in
// the page, never in its storage.
//
// A class of its own has `begin()` for what it does with what came, `address()` where its page is,
// `isElsewhere(answer)` whether that led to another page, `renew(fresh, page, answer)` to take over what
// was fetched, `close()` for when one may not be here any more, and sets `told`, where things are said
// aloud. Whatever it hears it tells `heard()`. In the page stand `live-status`, `[data-told]`, and `[data-kept-words]` for what somebody
// typed in a field that is gone. What is called `data-…number` stays as it was: those are of this screen.

const SOON = 250; // what happens within it is shown together
const TRY_AGAIN = 2000;

// By what it says, since others may come before it.
const foldName = (fold) => fold.id || (fold.querySelector("summary")?.textContent.trim() ?? "");

class LiveScreen extends HTMLElement {
  // A page that is on its way may not hold what is told until its last word came: then once more.
  heard() {
    this.again = true;
  }

  // The rest of the page, as it is now; not all who hear the same ask for it at once.
  refresh(spread = 0) {
    clearTimeout(this.refreshing);
    this.refreshing = setTimeout(() => this.fetch(), SOON * (0.4 + Math.random()) + spread * Math.random());
  }

  async fetch() {
    if (this.fetching) return this.heard();
    clearTimeout(this.refreshing);
    this.refreshing = null;
    this.fetching = true;
    this.again = false;
    const answer = await fetch(this.address(), { headers: { Accept: "text/html" } }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    this.fetching = false;
    if (answer && (answer.status === 404 || this.isElsewhere(answer))) return this.close();
    if (text === null) return void setTimeout(() => this.refresh(), TRY_AGAIN);
    const page = new DOMParser().parseFromString(text, "text/html");
    this.renew(page.querySelector(this.localName), page, answer);
    if (this.again && !this.refreshing) this.refresh();
  }

  // What was sent may have been answered after the page was made anew: the form that stands there now.
  formNow(form, address = form.getAttribute("action") ?? "") {
    return form.isConnected ? form : this.querySelector(`form[action="${CSS.escape(address)}"]`);
  }

  // As without scripts: the page asks, or says, what the live connection cannot.
  submitPlainly(form, button) {
    form.dataset.plain = this.leaving = "yes";
    form.requestSubmit(button?.form === form ? button : undefined);
  }

  // The page as it is now, in the place of what stood here.
  swap(fresh) {
    const typed = this.typed();
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const where = focused && { path: LiveScreen.pathOf(focused), from: focused.selectionStart, to: focused.selectionEnd };
    const folds = new Map([...this.querySelectorAll("details")].map((fold) => [foldName(fold), fold.open]));
    for (const [name, value] of Object.entries(fresh.dataset)) {
      if (!name.toLowerCase().endsWith("number")) this.dataset[name] = value;
    }
    // What was said here, and words that were kept, outlive the page that is made anew.
    for (const kept of ["live-status", "[data-told]", "[data-kept-words]"]) {
      fresh.querySelector(kept)?.replaceWith(this.querySelector(kept) ?? "");
    }
    this.replaceChildren(...fresh.childNodes);
    for (const fold of this.querySelectorAll("details")) fold.open = folds.get(foldName(fold)) ?? fold.open;
    const lost = typed.filter(({ path, value, checked }) => {
      const field = this.querySelector(path);
      if (!field) return value !== undefined && value.trim();
      if (checked !== undefined) field.checked = checked;
      else field.value = value;
      return false;
    });
    if (where) {
      const again = this.querySelector(where.path);
      again?.focus({ preventScroll: true });
      if (again && typeof where.from === "number") again.setSelectionRange?.(where.from, where.to);
    }
    if (lost.length) this.keep(lost);
    this.begin();
  }

  // Fields that hold other than the page gave them.
  typed(only) {
    return [...this.querySelectorAll("textarea, input:not([type=hidden])")]
      .filter((field) => (field.type === "radio" || field.type === "checkbox" ? !only && field.checked !== field.defaultChecked : field.value !== field.defaultValue))
      .map((field) =>
        field.type === "radio" || field.type === "checkbox"
          ? { path: LiveScreen.pathOf(field), checked: field.checked }
          : { path: LiveScreen.pathOf(field), value: field.value },
      )
      .filter(({ value }) => !only || value?.trim());
  }

  // The step went on while somebody typed: their words stay, to be copied or brought elsewhere.
  keep(lost) {
    const box = this.querySelector("[data-kept-words]");
    if (!box) return;
    box.hidden = false;
    for (const { value } of lost) {
      const area = box.querySelector("textarea").cloneNode();
      area.hidden = false;
      area.removeAttribute("id");
      area.value = area.defaultValue = value;
      box.append(area);
    }
  }

  tell(text, wrong = false) {
    if (!this.told || !text) return;
    this.told.classList.toggle("is-wrong", wrong);
    this.told.textContent = "";
    requestAnimationFrame(() => (this.told.textContent = text));
  }

  // One may not be here any more: nothing of it stays on the screen.
  empty(text) {
    const words = document.createElement("p");
    words.className = "lead";
    words.tabIndex = -1;
    words.textContent = text;
    this.replaceChildren(words);
    words.focus();
  }
}

// A text with its lines, as the page shows it.
LiveScreen.paragraphs = (text) =>
  text
    .replaceAll("\r\n", "\n")
    .split("\n\n")
    .filter((block) => block.trim())
    .map((block) => {
      const made = document.createElement("p");
      block
        .trim()
        .split("\n")
        .forEach((line, i) => made.append(...(i ? [document.createElement("br"), line] : [line])));
      return made;
    });

// Where a field stands, for the page that is made anew: by its form's address and its own name.
LiveScreen.pathOf = (field) => {
  const action = field.form?.getAttribute("action");
  const name = field.name ? `[name="${CSS.escape(field.name)}"]` : field.id ? `#${CSS.escape(field.id)}` : field.localName;
  const value = field.type === "radio" || field.localName === "button" ? `[value="${CSS.escape(field.value)}"]` : "";
  return `${action ? `form[action="${CSS.escape(action)}"] ` : ""}${field.localName}${name}${value}`;
};

globalThis.LiveScreen = LiveScreen;
