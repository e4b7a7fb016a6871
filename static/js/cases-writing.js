// A case keeps itself while it is written: on the server, a few seconds after typing and when the
// page is left. Nothing is kept in the browser. Without a connection the page stays where it is,
// with what was typed; what another window wrote meanwhile is never written over unseen.

const WAIT = 2000;
const LONGEST = 20000; // what takes longer is tried anew
const MOST_WHEN_LEAVING = 60000; // bytes that a browser still sends from a page that is left

class CaseWriting extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.version = this.form.querySelector("[name=version]");
    this.status = this.querySelector("[data-status]");
    // The server tells this page's own words by these from another window's, also those of which
    // the answer was lost, and the last ones by their turn.
    this.page = crypto.getRandomValues(new Uint32Array(3)).join("-");
    this.turn = 0;
    this.kept = this.written();
    this.form.addEventListener("input", ({ target }) => this.typed(target));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.onleave = () => this.save(true);
    this.onhide = () => document.visibilityState === "hidden" && this.save(true);
    this.onunload = (event) => this.lost && !this.going && this.unkept() && event.preventDefault();
    addEventListener("pagehide", this.onleave);
    addEventListener("beforeunload", this.onunload);
    document.addEventListener("visibilitychange", this.onhide);
    addEventListener("pageshow", () => (this.going = false));
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this.onleave);
    removeEventListener("beforeunload", this.onunload);
    document.removeEventListener("visibilitychange", this.onhide);
  }

  written() {
    const data = new FormData(this.form);
    data.delete("csrf_token");
    data.delete("version");
    return JSON.stringify(Object.fromEntries(data));
  }

  unkept() {
    return this.written() !== this.kept;
  }

  typed(field) {
    if (field.value.includes("\ufffd")) {
      // Pasted from where it could not be read: a blank, as the server makes of it.
      const at = field.selectionStart;
      field.value = field.value.replaceAll("\ufffd", " ");
      field.setSelectionRange(at, at);
    }
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  // What was typed is kept first: a page that cannot be reached would take it along.
  async submit(event) {
    clearTimeout(this.timer);
    if (this.going || (!this.saving && !this.unkept())) return;
    event.preventDefault();
    if (this.asked) return;
    const button = event.submitter;
    this.asked = true;
    const how = await this.save();
    this.asked = false;
    if (how === "lost") return;
    this.going = true;
    setTimeout(() => this.form.requestSubmit(button)); // not before the first one is over
  }

  // 'kept', 'refused' (the page that follows says why) or 'lost'.
  save(leaving = false) {
    clearTimeout(this.timer);
    if (!this.unkept()) return this.saving ?? Promise.resolve("kept");
    if (this.other) return Promise.resolve("refused");
    if (this.saving && !leaving) return this.saving.then(() => this.save());
    const sending = this.send(leaving).finally(() => {
      if (this.saving === sending) this.saving = null;
    });
    this.saving = sending;
    return sending;
  }

  async send(leaving) {
    const words = this.written();
    const turn = String(++this.turn);
    const body = JSON.stringify({ ...JSON.parse(words), version: this.version.value, page: this.page, turn });
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": this.form.querySelector("[name=csrf_token]").value,
    };
    const keepalive = leaving && new Blob([body]).size < MOST_WHEN_LEAVING;
    const signal = leaving ? null : AbortSignal.timeout(LONGEST);
    const answer = await fetch(this.dataset.url, { method: "POST", headers, body, keepalive, signal }).catch(() => null);
    const told = (await answer?.json().catch(() => null)) ?? {};
    if (answer?.ok) {
      this.kept = words;
      this.lost = false;
      this.version.value = told.version;
      this.say("saved");
      this.showHelp(told.help);
      return "kept";
    }
    this.lost = true;
    this.other = answer?.status === 409;
    this.say({ 401: "signedOut", 409: "changed", 422: "refused" }[answer?.status] ?? "unsaved", told.error);
    if (this.other || answer?.status === 422) return "refused";
    if (!leaving && !(answer?.status < 429)) this.later();
    return "lost";
  }

  // Words that point to a crisis: the writer, and only they, sees where help is.
  showHelp(needed) {
    const help = this.querySelector("[data-help]");
    const words = this.querySelector("template[data-help-words]");
    if (!!needed !== help.hasChildNodes()) {
      help.replaceChildren(...(needed ? [words.content.cloneNode(true)] : []));
    }
  }

  say(what, why = "") {
    if (this.status) this.status.textContent = this.dataset[what].replace("¤", why);
  }
}

customElements.define("case-writing", CaseWriting);
