// Drafts save themselves: every form with data-draft is kept on the server a few seconds after
// typing, and when the page is left. Nothing is kept in the browser.

const WAIT = 2500;
const FIELDS = ["text", "title", "content_note", "in_reply_to"];

class Keeper {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-draft-status]");
    this.help = form.querySelector("[data-help]");
    this.url = `/concepten/${form.dataset.draft}`;
    this.kept = JSON.stringify(this.fields());
    form.addEventListener("input", () => this.later());
    form.addEventListener("submit", () => this.stop());
    addEventListener("pagehide", () => this.save(true));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.save(true);
    });
    // Back from the page after posting: the form may go on.
    addEventListener("pageshow", () => (this.stopped = false));
  }

  fields() {
    const data = new FormData(this.form);
    const found = {};
    for (const name of FIELDS) {
      const value = data.get(name);
      if (typeof value === "string" && value.trim()) found[name] = value;
    }
    const themes = data.getAll("themes");
    if (themes.length) found.themes = themes;
    // A kind is always chosen: alone it is no draft.
    if (Object.keys(found).length && data.get("kind")) found.kind = data.get("kind");
    return found;
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
    const body = JSON.stringify(this.fields());
    if (this.stopped || body === this.kept) return;
    this.kept = body;
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": this.form.querySelector("[name=csrf_token]").value,
    };
    // The browser lets a page that is left send 64 kB; more than that waits for the next visit.
    const keepalive = leaving && body.length < 60000;
    const answer = await fetch(this.url, { method: "POST", headers, body, keepalive }).catch(() => null);
    if (answer?.ok) {
      const said = await answer.json();
      this.say(said.saved ? "saved" : "");
      this.showHelp(said.help);
    } else {
      this.kept = null;
      // What the server refuses, it refuses again: only what may go better is tried once more.
      const refused = answer?.status < 500;
      this.say(answer?.status === 401 ? "signedOut" : refused ? "refused" : "unsaved");
      if (!leaving && !refused) this.later();
    }
  }

  // Words that point to a crisis: the writer, and only they, sees where help is.
  showHelp(needed) {
    if (!this.help || needed === this.help.hasChildNodes()) return;
    const words = this.form.querySelector("template[data-help-words]");
    this.help.replaceChildren(...(needed ? [words.content.cloneNode(true)] : []));
  }

  say(what) {
    if (this.status) this.status.textContent = what ? this.form.dataset[what] : "";
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Keeper(form);
