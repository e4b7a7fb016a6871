// What every screen that follows something by itself has in common, `globalThis.LiveScreen`: the page
// without scripts is taken over when it changed, and what somebody typed outlives that. Words stay in
// the page, never in its storage.
//
// A class of its own has `begin()` for what it does with what came, `address()` where its page is,
// `isElsewhere(answer)` whether that led to another page, `renew(fresh, page, answer)` to take over what
// was fetched, `close()` for when one may not be here any more, and sets `told`, where things are said
// aloud. Whatever it hears it tells `heard()`, and shows it through `atOnce()`. In the page stand `live-status`, `[data-told]`, and `[data-kept-words]` for what somebody
// typed in a field that is gone. What is called `data-…number` stays as it was: those are of this screen.

const SOON = 250; // what happens within it is shown together
const EVERY = 2000; // a page is asked for so often, whatever is told; some may come at once
const SPARE = 4;
const ANSWER_WITHIN = 15000;
const LONGEST_PRESS = 2000;

// What changes between down and up swallows a press: the page waits until whoever presses let go.
let pressed = null;
let letGo = () => {};
addEventListener(
  "pointerdown",
  () => {
    pressed = new Promise((go) => (letGo = go));
    setTimeout(letGo, LONGEST_PRESS);
  },
  true,
);
for (const up of ["pointerup", "pointercancel", "blur"]) addEventListener(up, () => setTimeout(letGo), true);

// One that shows itself when it is focused would move all below it.
const NAMES = ":is(h1, h2, h3):not(.visually-hidden)";

// By what it says, since others may come before it.
const foldName = (fold) => fold.id || (fold.querySelector("summary")?.textContent.trim() ?? "");

class LiveScreen extends HTMLElement {
  // A page that is on its way may not hold what is told until its last word came: then once more.
  heard() {
    this.again = true;
  }

  // Shown as soon as it is told, and again in a page that was asked for before and comes after it: that
  // page does not hold it, and words that stood there would be gone until the next one.
  atOnce(show) {
    this.meanwhile?.push(show);
    return show();
  }

  // The rest of the page, as it is now; not all who hear the same ask for it at once.
  refresh(spread = 0) {
    const now = performance.now();
    const due = Math.max(now + SOON * (0.4 + Math.random()) + spread * Math.random(), (this.paid ?? 0) - SPARE * EVERY);
    if (this.refreshing && this.due <= due) return; // it comes before this
    clearTimeout(this.refreshing);
    this.due = due;
    this.refreshing = setTimeout(() => this.fetch(), due - now);
  }

  async fetch() {
    clearTimeout(this.refreshing);
    this.refreshing = null;
    if (this.fetching) return this.heard();
    this.fetching = true;
    this.again = false;
    this.meanwhile = [];
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const answer = await fetch(this.address(), { headers: { Accept: "text/html" }, signal }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    await pressed;
    this.fetching = false;
    this.paid = Math.min(Math.max(this.paid ?? 0, performance.now()), performance.now() + SPARE * EVERY) + EVERY;
    if (this.closed) return;
    if (answer && (answer.status === 404 || this.isElsewhere(answer))) return this.close();
    if (text === null) return this.refresh(EVERY);
    const page = new DOMParser().parseFromString(text, "text/html");
    this.renew(page.querySelector(this.localName), page, answer);
    this.meanwhile = null;
    if (this.again) this.refresh();
  }

  // What was sent may have been answered after the page was made anew: the form that stands there now.
  formNow(form, address = form.getAttribute("action") ?? "") {
    return form.isConnected ? form : this.querySelector(`form[action="${CSS.escape(address)}"]`);
  }

  // As without scripts: the page asks, or says, what the live connection cannot.
  submitPlainly(form, button) {
    form.dataset.plain = "yes";
    this.leave(form);
    form.requestSubmit(button?.form === form ? button : undefined);
  }

  // Another page comes: what is half typed in other forms would be lost, then the browser asks first.
  leave(form) {
    this.leaving = !this.typed("text").some(({ field }) => field.form !== form);
  }

  // The page as it is now, in the place of what stood here.
  swap(fresh) {
    const typed = this.typed();
    const focused = this.contains(document.activeElement) ? document.activeElement : null;
    const where = focused && { ...placeOf(focused), part: partOf(focused), from: focused.selectionStart, to: focused.selectionEnd };
    const folds = new Map([...this.querySelectorAll("details")].map((fold) => [foldName(fold), fold.open]));
    for (const [name, value] of Object.entries(fresh.dataset)) {
      if (!name.toLowerCase().endsWith("number")) this.dataset[name] = value;
    }
    // What was said here, and words that were kept, outlive the page that is made anew.
    for (const kept of ["live-status", "[data-told]", "[data-kept-words]"]) {
      fresh.querySelector(kept)?.replaceWith(this.querySelector(kept) ?? "");
    }
    // A file that was chosen cannot be filled in again: its field stays.
    for (const field of this.querySelectorAll("input[type=file]")) {
      if (field.files.length) at(fresh, placeOf(field))?.replaceWith(field);
    }
    this.replaceChildren(...fresh.childNodes);
    for (const fold of this.querySelectorAll("details")) fold.open = folds.get(foldName(fold)) ?? fold.open;
    const lost = typed.filter(({ place, value, checked }) => {
      const field = at(this, place);
      if (!field) return value !== undefined && value.trim();
      if (checked !== undefined) field.checked = checked;
      else field.value = value;
      return false;
    });
    if (where) {
      const again = at(this, where) ?? this.nameOf(where.part);
      if (again?.tabIndex < 0) again.tabIndex = -1;
      again?.focus({ preventScroll: true });
      if (again && typeof where.from === "number") again.setSelectionRange?.(where.from, where.to);
    }
    if (lost.length) this.keep(lost);
    this.begin();
    for (const show of this.meanwhile ?? []) show();
  }

  // Fields that hold other than the page gave them; `only` those with words.
  typed(only) {
    return [...this.querySelectorAll("textarea, input:not([type=hidden], [type=file])")]
      .map((field) => ({ field, place: placeOf(field), [isTicked(field) ? "checked" : "value"]: isTicked(field) ? field.checked : field.value }))
      .filter(({ field, value, checked }) => (value === undefined ? checked !== field.defaultChecked : value !== field.defaultValue))
      .filter(({ value }) => !only || value?.trim());
  }

  // What one was at is gone: the name of the part of the page where it stood.
  nameOf(part) {
    const there = part && this.querySelector(part);
    return there?.querySelector(NAMES) ?? there ?? this.querySelector(NAMES);
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

// Where something stands, for the page that is made anew: by its form's address and its own name, a link
// by where it leads, and of several such by what it says.
const isTicked = (one) => one.type === "radio" || one.type === "checkbox";
const quoted = (name, value) => `[${name}="${CSS.escape(value)}"]`;
const wordsOf = (one) => (one.matches("a, button, summary") ? one.textContent.trim() : "");
const placeOf = (one) => {
  const form = one.getAttribute("form");
  const action = one.form?.getAttribute("action");
  const within = form ? "" : action ? `form${quoted("action", action)} ` : "";
  const name = ["name", "id", "href"].find((key) => one.getAttribute(key));
  return {
    path: `${within}${one.localName}${form ? quoted("form", form) : ""}${name ? quoted(name, one.getAttribute(name)) : ""}`,
    value: isTicked(one) || one.localName === "button" ? one.value : undefined,
    words: wordsOf(one),
  };
};
const at = (root, { path, value, words }) => {
  const found = [...root.querySelectorAll(path)];
  if (found.length < 2) return found[0];
  const same = found.filter((one) => value === undefined || one.value === value);
  return same.find((one) => wordsOf(one) === words) ?? (value === undefined ? null : same[0]);
};

// The part of the page in which it stands.
const partOf = (one) => {
  const part = one.closest("section");
  const key = ["id", "aria-labelledby", "aria-label"].find((key) => part?.hasAttribute(key));
  return key && `section${quoted(key, part.getAttribute(key))}`;
};

globalThis.LiveScreen = LiveScreen;
