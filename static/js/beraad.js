// <beraad-table>: the value table, filled in by all at once. What somebody adds is sent without
// leaving the page and tried again under its own key until it is there; what others do is fetched,
// with permission, as the part of the page that it is. Text that is being typed is never touched.
const SOON = 150; // milliseconds in which changes are taken together
const AGAIN = 3000;
const OF_TABLE = ["beraad.entry", "beraad.perspective"];

const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");

class BeraadTable extends HTMLElement {
  connectedCallback() {
    if (this.wired) return;
    this.wired = true;
    this.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.matches("[data-cell-form]")) return;
      event.preventDefault();
      this.send(form, event.submitter);
    });
    this.addEventListener("toggle", (event) => this.opened(event.target), true);
    // On the session's own screen, that one listens; what is of the table it leaves to the table.
    const screen = this.closest("session-screen");
    if (screen) {
      screen.addEventListener("session-event", (event) => {
        if (!this.isConnected || !OF_TABLE.includes(event.detail.kind)) return;
        event.preventDefault();
        this.soon();
      });
      return;
    }
    const number = Number(this.dataset.number);
    globalThis.live?.listen(`session:${this.dataset.session}`, {
      number: Number.isFinite(number) ? number : null,
      events: (list) => list.some((each) => OF_TABLE.includes(each.kind)) && this.soon(),
      reset: () => this.soon(),
      out: () => this.fetchNow(),
    });
  }

  opened(details) {
    if (details.matches?.(".beraad-add") && details.open) details.querySelector("textarea")?.focus();
  }

  // One send of a form at a time; the key changes when it has arrived, not before.
  async send(form, button) {
    if (form.sending) return;
    const text = form.elements.text.value;
    if (!text.trim()) return void form.elements.text.focus();
    form.sending = true;
    const data = new FormData(form);
    if (button?.name) data.set(button.name, button.value);
    const asked = { method: "POST", body: data, redirect: "manual" };
    const answer = await fetch(form.action, asked).catch(() => null);
    form.sending = false;
    if (!answer || answer.status >= 500 || answer.status === 429) return this.later(form);
    this.say(form, null);
    if (answer.type === "opaqueredirect") {
      // What was typed meanwhile stays, as a text of its own.
      if (form.elements.text.value === text) form.reset(); // also whose words it were
      form.elements.key.value = newKey();
      await this.fetchNow();
      return;
    }
    const html = answer.status === 422 ? await answer.text() : "";
    // Somebody sat down at the table since: the page asks whose words they are.
    const asksWhose = !form.elements.says && html.includes('name="says"');
    if (html && !asksWhose) this.say(form, html);
    else form.submit(); // whatever it is, the page says it
  }

  later(form) {
    const line = document.createElement("p");
    line.className = "help";
    line.role = "status";
    line.textContent = this.dataset.waits;
    this.show(form, [line]);
    clearTimeout(form.timer);
    form.timer = setTimeout(() => this.send(form), AGAIN);
  }

  // What the server asks or refuses, above the text it is about.
  say(form, html) {
    if (html === null) return this.show(form, []);
    const page = new DOMParser().parseFromString(html, "text/html");
    const parts = [...page.querySelectorAll("main .error-summary, main #textcheck")];
    for (const part of parts) {
      part.removeAttribute("id");
      for (const link of part.querySelectorAll("a[href^='#']")) link.replaceWith(...link.childNodes);
      for (const inner of part.querySelectorAll("[id]")) inner.removeAttribute("id");
      part.removeAttribute("aria-labelledby");
    }
    if (page.querySelector("main #textcheck, main [name=anyway]")) {
      const button = document.createElement("button");
      button.type = "submit";
      button.className = "button quiet";
      button.name = "anyway";
      button.value = "yes";
      button.textContent = this.dataset.anyway;
      parts.push(button);
    }
    this.show(form, parts);
  }

  show(form, parts) {
    form.querySelector(":scope > .beraad-said")?.remove();
    if (!parts.length) return;
    const box = document.createElement("div");
    box.className = "beraad-said";
    box.append(...parts);
    form.prepend(box);
  }

  soon() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.fetchNow();
    }, SOON);
  }

  // One at a time; what came in meanwhile is fetched after it.
  async fetchNow() {
    if (this.busy) return void (this.again = true);
    this.busy = true;
    do {
      this.again = false;
      const answer = await fetch(this.dataset.part).catch(() => null);
      if (answer?.status === 404) return location.reload(); // one may not be here any more
      if (answer?.ok && !answer.redirected) this.take(await answer.text());
      else if (!answer) setTimeout(() => this.soon(), AGAIN);
    } while (this.again);
    this.busy = false;
  }

  take(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const table = this.querySelector("table");
    const bodies = [...fresh.content.querySelectorAll("tbody[id]")];
    const names = new Set(bodies.map((body) => body.id));
    for (const body of table.querySelectorAll("tbody[id]")) {
      if (!names.has(body.id) && !body.contains(document.activeElement)) body.remove();
    }
    for (const body of bodies) {
      const here = table.querySelector(`#${CSS.escape(body.id)}`);
      if (!here) {
        table.append(document.importNode(body, true));
        continue;
      }
      for (const list of body.querySelectorAll("[data-list]")) {
        const old = here.querySelector(`[data-list="${CSS.escape(list.dataset.list)}"]`);
        if (old && old.innerHTML !== list.innerHTML && !old.contains(document.activeElement)) {
          old.innerHTML = list.innerHTML;
        }
      }
      if (!body.querySelector("[data-removable]")) here.querySelector("[data-removable]")?.remove();
    }
  }
}

customElements.define("beraad-table", BeraadTable);
