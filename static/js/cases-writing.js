// A case keeps itself while it is written: on the server, a few seconds after typing and when the
// page is left. Nothing is kept in the browser.

const WAIT = 2000;
const MOST_WHEN_LEAVING = 60000; // bytes that a browser still sends from a page that is left

class CaseWriting extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.status = this.querySelector("[data-status]");
    this.kept = this.written();
    this.form.addEventListener("input", () => this.later());
    this.form.addEventListener("submit", () => this.stop());
    this.onleave = () => this.save(true);
    this.onhide = () => document.visibilityState === "hidden" && this.save(true);
    addEventListener("pagehide", this.onleave);
    document.addEventListener("visibilitychange", this.onhide);
    addEventListener("pageshow", () => (this.stopped = false));
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this.onleave);
    document.removeEventListener("visibilitychange", this.onhide);
  }

  written() {
    const data = new FormData(this.form);
    data.delete("csrf_token");
    return JSON.stringify(Object.fromEntries(data));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  async save(leaving = false) {
    clearTimeout(this.timer);
    const body = this.written();
    if (this.stopped || body === this.kept) return;
    if (this.saving) return this.later(); // one after another, so that the last one wins
    this.saving = true;
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": this.form.querySelector("[name=csrf_token]").value,
    };
    const keepalive = leaving && new Blob([body]).size < MOST_WHEN_LEAVING;
    const answer = await fetch(this.dataset.url, { method: "POST", headers, body, keepalive }).catch(() => null);
    this.saving = false;
    if (answer?.ok) {
      this.kept = body;
      this.say("saved");
      this.showHelp((await answer.json().catch(() => ({}))).help);
    } else {
      this.say({ 401: "signedOut", 422: "refused" }[answer?.status] ?? "unsaved");
      if (!leaving && !(answer?.status < 500)) this.later();
    }
  }

  // Words that point to a crisis: the writer, and only they, sees where help is.
  showHelp(needed) {
    const help = this.querySelector("[data-help]");
    const words = this.querySelector("template[data-help-words]");
    if (!!needed !== help.hasChildNodes()) {
      help.replaceChildren(...(needed ? [words.content.cloneNode(true)] : []));
    }
  }

  say(what) {
    if (this.status) this.status.textContent = this.dataset[what];
  }
}

customElements.define("case-writing", CaseWriting);
