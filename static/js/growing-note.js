// The note of a stall, which all who are there see grow: shared while it is written.
const { live } = globalThis;

const AFTER = 2500; // milliseconds since the last letter

globalThis.GrowingNote = class {
  unshared = null; // words that were refused

  constructor(screen) {
    this.screen = screen;
    screen.addEventListener("input", ({ target }) => target.name === "note" && this.wait());
  }

  // Asked for each time: a page that came meanwhile has another field, with the same words.
  get field() {
    return this.screen.querySelector('textarea[name="note"]');
  }

  wait() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.share(), AFTER);
  }

  async share() {
    const area = this.field;
    if (this.sharing || !area || area.value === area.defaultValue || area.value === this.unshared) return;
    this.sharing = true;
    const { stall } = this.screen.dataset;
    const text = area.value;
    const version = Number(area.form.elements.namedItem("version").value);
    const answer = await live.send("stall.note", { stall: Number(stall), text, version });
    this.sharing = false;
    const now = this.field;
    if (!now || this.screen.dataset.stall !== stall) return;
    if (answer.ok) this.shared(now, text, answer.answer.version);
    else this.refused(text, answer.error);
    if (now.value !== text) this.wait();
  }

  shared(area, text, version) {
    area.defaultValue = text;
    area.form.elements.namedItem("version").value = version;
    if (this.unshared) this.screen.tell(this.screen.dataset.sayKept);
    this.unshared = null;
  }

  // Tried again when other words stand there; said again when it does not stand there any more.
  refused(text, why) {
    const words = `${why} ${this.screen.dataset.sayNotShared}`.trim();
    if (this.screen.told?.textContent !== words) this.screen.tell(words, true);
    this.unshared = text;
  }
};
