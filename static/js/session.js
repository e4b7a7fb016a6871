// A session on screen follows the others by itself: step, timer, floor, hands, contributions, who is
// there. Buttons and forms are those of the page without scripts; what they send goes over the live
// connection, once, also when it is lost in between. Words stay in the page, never in its storage.
const { live, LiveScreen } = globalThis;

const SIGN_EVERY = 55000; // that this screen is there
const DROPPED_OUT = 95000; // a little more than the server waits for a sign

class SessionScreen extends LiveScreen {
  here = null; // the seats that have a connection, once they were told
  missed = new Map(); // seat → since when it has none

  connectedCallback() {
    if (!("number" in this.dataset)) return;
    this.session = this.dataset.session;
    this.told = this.querySelector("[data-told]");
    this.addEventListener("submit", (event) => this.submit(event));
    this.begin();
    if ("refused" in this.dataset) this.unkept();
    const { number, leadNumber } = this.dataset;
    live.listen(`session:${this.session}`, {
      number: Number(number),
      events: (events) => events.forEach((event) => this.hear(event)),
      here: (people) => this.atOnce(() => this.meet(people)),
      reset: () => this.refresh(),
      out: () => this.close(),
    });
    this.followLead(leadNumber);
    // What one keeps on another device of one's own.
    live.listen(`session-own:${this.session}`, { events: () => this.refresh(), reset: () => this.refresh() });
    this.ticking = setInterval(() => this.tick(), 200);
    this.signing = setInterval(() => this.sign(), SIGN_EVERY);
    live.addEventListener("clock", () => this.tick());
    addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.typed("text").length) event.preventDefault();
    });
  }

  // What was refused stands in the page as if it were kept, and is not: it outlives a page made anew.
  unkept() {
    for (const field of this.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])")) {
      const { value, form } = field;
      if (!value || !form || (field.name === "note" && !("refused" in form.dataset))) continue;
      field.defaultValue = "";
      field.value = value;
    }
  }

  // What the page says when it is (re)made; the server's moment goes with what is left.
  begin() {
    const clock = this.querySelector("[data-left]");
    this.clock = clock && {
      left: Number(clock.dataset.left) * 1000,
      at: Number(clock.dataset.at),
      runs: clock.dataset.runs === "yes",
    };
    this.attend();
    this.opensAt = Number(this.querySelector("[data-opens-at]")?.dataset.opensAt); // NaN: it waits for no moment
    this.tick();
  }

  followLead(number) {
    const audience = `session-lead:${this.session}`;
    const leads = number !== undefined && number !== "";
    if (leads === Boolean(this.leads)) return;
    this.leads = leads;
    if (!leads) return live.leave(audience);
    live.listen(audience, {
      number: Number(number),
      events: (events) => this.atOnce(() => this.count(events.at(-1).data)),
      reset: () => this.refresh(),
      out: () => ((this.leads = false), this.refresh()),
    });
  }

  hear({ kind, data }) {
    this.heard();
    // A board that shows its own changes takes them, so that nothing else of the page is made anew.
    const told = new CustomEvent("session-event", { detail: { kind }, cancelable: true });
    if (!this.dispatchEvent(told)) return;
    if (kind === "state" && data) {
      this.atOnce(() => this.time(data)); // what stands around it follows
      this.refresh();
    } else if (kind === "turned-out") return; // it was not this screen
    else if (kind === "entry" && data) this.atOnce(() => this.show(data));
    else if ((kind === "hand" || kind === "floor") && data) this.atOnce(() => this.floor(data));
    else this.refresh();
  }

  // --- timer

  time({ left, at, runs }) {
    this.clock = { left, at, runs };
    this.tick();
  }

  tick() {
    if (live.connected && live.now() >= this.opensAt) {
      this.opensAt = NaN;
      this.refresh(); // it can begin now
    }
    const shown = this.querySelector("[data-left] [data-shown]");
    if (!this.clock || !shown) return;
    const { left, at, runs } = this.clock;
    const ms = runs ? left - (live.now() - at) : left;
    // Rounded up, so that it says 0:00 when it is over.
    const whole = ms > 0 ? Math.ceil(ms / 1000) : Math.trunc(ms / 1000);
    const seconds = Math.abs(whole);
    const text = `${whole < 0 ? "-" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (shown.textContent !== text) shown.textContent = text;
    shown.parentElement.classList.toggle("is-over", ms < 0);
  }

  // --- floor, hands, presence, counts

  seats() {
    return [...this.querySelectorAll("[data-seat]")];
  }

  floor({ speaks, hands }) {
    for (const seat of this.seats()) {
      const id = Number(seat.dataset.seat);
      mark(seat, "speaks", id === speaks);
      mark(seat, "hand", hands.includes(id));
      seat.classList.toggle("is-speaking", id === speaks);
    }
    const name = (id) => this.querySelector(`[data-seat="${id}"]`)?.dataset.name ?? "";
    const line = this.querySelector("[data-floor]");
    if (line) line.textContent = speaks ? line.dataset.one.replace("{name}", name(speaks)) : line.dataset.none;
    const raised = this.querySelector("[data-hands]");
    if (raised) {
      raised.hidden = !hands.length;
      raised.querySelector("[data-names]").textContent = hands.map(name).join(", ");
    }
    const mine = this.querySelector("button[name=up]");
    if (mine) {
      const up = hands.includes(Number(this.dataset.me));
      mine.value = up ? "0" : "1";
      mine.setAttribute("aria-pressed", up);
      mine.querySelector("[data-word]").textContent = up ? mine.dataset.lower : mine.dataset.raise;
    }
    const next = this.querySelector("button[name=next]");
    if (next) next.value = speaks ?? "";
    const nobody = this.querySelector("[data-nobody]");
    if (nobody) nobody.hidden = !speaks;
  }

  meet(people) {
    this.here = new Set(people.map((who) => who.seat));
    // Who stays away long enough counts as dropped out: then others may take over.
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.refresh(), DROPPED_OUT);
    this.attend();
  }

  // Whose connection is gone is away, also in a page that counts them in for a while yet; but who gave
  // a sign since, by a page without scripts, is where the page says.
  attend() {
    if (!this.here) return;
    for (const seat of this.seats()) {
      if (!("seen" in seat.dataset)) continue; // sits at the table without a screen
      const id = Number(seat.dataset.seat);
      const here = this.here.has(id);
      if (here) this.missed.delete(id);
      else if (!this.missed.has(id)) this.missed.set(id, live.now());
      if (!here && Number(seat.dataset.seen) > this.missed.get(id)) continue;
      mark(seat, "away", !here && this.dataset.state === "running");
      seat.classList.toggle("is-away", !here);
    }
  }

  count(data) {
    this.heard();
    if (!data) return;
    for (const seat of this.seats()) {
      const turns = seat.querySelector("[data-turns]");
      if (!turns) continue;
      const times = data.turns[seat.dataset.seat] ?? 0;
      turns.textContent = (times === 1 ? turns.dataset.one : turns.dataset.more).replace("{n}", times);
    }
    const wrote = this.querySelector("[data-wrote]");
    if (wrote) {
      wrote.textContent = (data.wrote === 1 ? wrote.dataset.one : wrote.dataset.more).replace("{n}", data.wrote);
    }
  }

  // --- contributions

  show(entry) {
    const old = this.querySelector(`#bijdrage-${entry.id}`);
    const list = old?.parentElement ?? this.querySelector("[data-entries]");
    const seat = this.querySelector(`[data-seat="${entry.by}"]`);
    const kind = this.querySelector(`template[data-kind="${entry.kind}"]`);
    if (!list || !seat || !kind || (!old && `${entry.round}:${entry.step}` !== this.dataset.at.split(":").slice(1).join(":"))) {
      return this.refresh();
    }
    const made = kind.content.cloneNode(true).firstElementChild;
    made.id = `bijdrage-${entry.id}`;
    if (entry.struck) {
      const gone = document.createElement("p");
      gone.className = "help";
      gone.textContent = this.dataset.struck.replace("{name}", seat.dataset.name);
      made.replaceChildren(gone);
    } else {
      made.querySelector("[data-words]").replaceChildren(...LiveScreen.paragraphs(entry.text));
      made.querySelector("[data-who]").replaceWith(seat.querySelector("[data-person]").firstElementChild.cloneNode(true));
      made.querySelector("[data-changed]").hidden = !entry.changed;
      const typed = entry.table && this.leads && !("seen" in seat.dataset);
      const mine = typed || entry.by === Number(this.dataset.me);
      for (const acts of made.querySelectorAll("[data-mine]")) {
        if (!mine) acts.remove();
        else for (const link of acts.querySelectorAll("a")) link.href = link.getAttribute("href").replace("/0/", `/${entry.id}/`);
      }
    }
    if (old) old.replaceWith(made);
    else {
      list.append(made);
      this.querySelector("[data-nothing]")?.remove();
    }
  }

  // --- the rest of the page, as it is now

  address() {
    return this.dataset.url;
  }

  isElsewhere(answer) {
    return answer.redirected;
  }

  renew(fresh) {
    if (!fresh) {
      // Over, or not begun: another page altogether. What was typed is not thrown away.
      if (!this.typed("text").length) {
        this.leaving = true;
        location.reload();
      } else this.tell(this.dataset.over);
      return;
    }
    if (fresh.dataset.state !== this.dataset.state && !this.typed("text").length) {
      this.leaving = true; // begun: the page around it is another one as well
      return location.reload();
    }
    const wasAt = this.dataset.at;
    const note = this.querySelector("textarea[name=note]");
    if (note && note.value !== note.defaultValue) {
      // One is writing notes, on those of this number: with a newer one they would go unseen.
      fresh.querySelector("input[name=version]")?.replaceWith(note.form.elements.namedItem("version"));
    }
    const asking = new Map([...this.querySelectorAll("input:is([name=says], [name=takes], [name=brings])")].map(({ form, name }) => [form, name]));
    for (const [form, name] of asking) if (form.elements[name].value === this.dataset.me) asking.delete(form);
    this.swap(fresh);
    for (const [form, name] of asking) this.neverAsOwn(this.formNow(form), name);
    this.followLead(fresh.dataset.leadNumber);
    if (wasAt !== this.dataset.at) this.tell(this.querySelector("#stap-naam")?.textContent ?? "");
  }

  // Words that may be somebody's whose own screen opened meanwhile, so that nobody asks any more
  // whose they are: sent as they stand there they would be one's own.
  neverAsOwn(form, name) {
    if (!form || form.elements.namedItem(name)) return;
    const fields = [...form.querySelectorAll("textarea, input[type=text]")].filter((field) => field.value.trim());
    this.keep(fields);
    for (const field of fields) field.value = field.defaultValue = "";
  }

  // --- what one presses

  async submit(event) {
    const form = event.target;
    const button = event.submitter;
    if (event.defaultPrevented || form.dataset.plain) return;
    const address = button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "";
    const fields = new FormData(form, button);
    const said = this.command(address.split("/").pop(), fields);
    if (!said) return;
    // Whose words they are was not said, or whoever it was is not at the table any more: the page asks.
    if (form.elements.says && !fields.has("says")) return this.leave(form);
    event.preventDefault();
    const [command, data] = said;
    button?.setAttribute("aria-busy", "true");
    const answer = await live.send(command, { session: Number(this.session), ...data });
    button?.removeAttribute("aria-busy");
    const now = this.formNow(form, address);
    if (answer.ok) this.done(command, now, fields, answer.answer);
    else if (now && (answer.field === "asked" || answer.tooLong)) this.submitPlainly(now, button);
    else this.tell(answer.error, true);
  }

  command(last, fields) {
    const [round, step] = (fields.get("at") ?? "0:0").split(":").map(Number);
    const chosen = (fields.get("do") ?? "").split(":");
    switch (last) {
      case "stap":
        return ["session.step", { do: chosen[0], round, step }];
      case "begin":
        return ["session.step", { do: "start", round: 0, step: 0 }];
      case "klok":
        return ["session.timer", { do: chosen[0], added: Number(chosen[1] ?? 0) }];
      case "woord":
        if (fields.has("next")) return ["session.floor", { after: Number(fields.get("next")) }];
        return ["session.floor", { who: Number(fields.get("who")) }];
      case "hand":
        return ["session.hand", { up: fields.get("up") === "1" }];
      case "bijdragen":
        return [
          "session.contribute",
          { kind: fields.get("kind") ?? "", text: fields.get("text") ?? "", key: fields.get("key") ?? "", anyway: fields.has("anyway"), round, step, who: fields.has("says") ? Number(fields.get("says")) : null },
        ];
      case "notities":
        return ["session.note", { note: fields.get("note") ?? "", version: Number(fields.get("version")) }];
      case "overnemen":
        return ["session.take-over", {}];
    }
    return null;
  }

  // What was sent is there. Whoever typed on meanwhile finds that in the field still: not kept yet,
  // and for a contribution under a key of its own.
  done(command, form, sent, answer) {
    if (command === "session.contribute") {
      const field = form?.elements.namedItem("text");
      const key = form?.elements.namedItem("key");
      if (field?.value === sent.get("text")) form.reset();
      if (key?.value === sent.get("key")) key.value = crypto.randomUUID();
      this.refresh(); // what was written in silence only oneself sees
      this.tell(this.dataset.brought);
    } else if (command === "session.note") {
      const field = form?.elements.namedItem("note");
      if (field) {
        field.defaultValue = sent.get("note");
        form.elements.namedItem("version").value = answer.version;
      }
      this.tell(this.dataset.kept);
    }
  }

  sign() {
    if (live.connected) live.send("session.seen", { session: Number(this.session) });
  }

  // One may not be here any more: nothing of it stays on the screen.
  close() {
    clearInterval(this.ticking);
    clearInterval(this.signing);
    clearTimeout(this.waiting);
    live.leave(`session:${this.session}`);
    live.leave(`session-lead:${this.session}`);
    live.leave(`session-own:${this.session}`);
    this.empty(this.dataset.out);
  }
}

const mark = (seat, name, on) => {
  const found = seat.querySelector(`[data-mark="${name}"]`);
  if (found) found.hidden = !on;
};

customElements.define("session-screen", SessionScreen);
