// A market on screen follows the others by itself: the clock, announcements, who stands where, and at a
// stall what is said there. Buttons and forms are those of the page without scripts; what they send
// goes over the live connection, once, also when it is lost in between.
const { live, LiveScreen, GrowingNote } = globalThis;

const SIGN_EVERY = 240000; // that this screen is there
// Milliseconds for each on the floor, so that not all ask for the page at once: about as long as a
// server of two cores takes to make it.
const SPREAD = 20;
const MOST_SPREAD = 30000;
const TURNING = 2000; // within it everybody hears that a round begins or ends
const NEAR = 80; // pixels from its end: who reads there sees what comes

class MarketScreen extends LiveScreen {
  connectedCallback() {
    if (this.market) return;
    this.market = this.dataset.market;
    this.told = this.querySelector("[data-told]");
    this.addEventListener("submit", (event) => this.submit(event));
    this.note = new GrowingNote(this);
    this.ticking = setInterval(() => this.tick(), 200);
    this.signing = setInterval(() => this.sign(), SIGN_EVERY);
    this.signed = Date.now(); // as its page was asked for
    live.addEventListener("status", () => this.closed || this.back());
    live.addEventListener("clock", () => this.tick());
    addEventListener("beforeunload", (event) => {
      if (!this.leaving && this.typed("text").length) event.preventDefault();
    });
    this.hearing = new Map();
    this.typedUnder = new Map(); // key → what was sent under it
    this.underWay = new Set(); // what was sent and is not answered
    this.listen();
    this.begin();
  }

  // What this screen hears, with the numbers that its page was made at.
  listen() {
    const { market, stall } = this.dataset;
    const wanted = new Map([
      [`market:${market}`, ["marketNumber", (event) => this.hear(event), () => this.close()]],
      [`market-own:${market}`, ["ownNumber", (event) => this.mine(event), () => this.close()]],
    ]);
    if ("leadNumber" in this.dataset) wanted.set(`market-lead:${market}`, ["leadNumber", (event) => this.lead(event), () => this.refresh()]);
    if ("placesNumber" in this.dataset) wanted.set(`market-places:${market}`, ["placesNumber", (event) => this.place(event), () => this.close()]);
    if (stall && "stallNumber" in this.dataset) wanted.set(`stall:${stall}`, ["stallNumber", (event) => this.atStall(event), () => this.moved()]);
    for (const audience of [...this.hearing.keys()]) {
      if (wanted.has(audience)) continue;
      live.leave(audience);
      this.hearing.delete(audience);
    }
    for (const [audience, [number, hear, out]] of wanted) {
      if (this.hearing.has(audience)) continue;
      this.hearing.set(audience, true);
      live.listen(audience, {
        number: Number(this.dataset[number]),
        events: (events) => {
          // Who stands where is told again and again, and drawn again below: no page for each.
          if (!audience.startsWith("market-places:")) this.heard();
          events.forEach(hear);
        },
        reset: () => this.refresh(),
        out: () => {
          this.hearing.delete(audience);
          out();
        },
      });
    }
  }

  begin() {
    const clock = this.querySelector("[data-left]");
    this.clock = clock && { left: Number(clock.dataset.left), at: Number(clock.dataset.at) };
    this.tick();
    this.scroll(this.reading);
    this.reading = null;
  }

  get messages() {
    return this.querySelector("[data-messages]");
  }

  // To the end of the conversation, or to where somebody was reading back.
  scroll(reading) {
    const list = this.messages;
    const line = reading && list?.querySelector(`#${reading.id}`);
    if (line) list.scrollTop += line.getBoundingClientRect().top - list.getBoundingClientRect().top - reading.from;
    else if (list) list.scrollTop = list.scrollHeight;
  }

  // Which message somebody who reads back sees first, and where.
  readsBack() {
    const list = this.messages;
    if (!list || isAtEnd(list)) return null;
    const { top } = list.getBoundingClientRect();
    const line = [...list.children].find((one) => one.getBoundingClientRect().bottom > top);
    return line && { id: line.id, from: line.getBoundingClientRect().top - top };
  }

  // --- the clock, announcements

  time({ left, at }) {
    if (left !== null) this.clock = { left, at };
    this.tick();
  }

  tick() {
    const shown = this.querySelector("[data-left] [data-shown]");
    if (!this.clock || !shown) return;
    const ms = this.clock.left - (live.now() - this.clock.at);
    const whole = ms > 0 ? Math.ceil(ms / 1000) : Math.trunc(ms / 1000);
    const seconds = Math.abs(whole);
    const text = `${whole < 0 ? "-" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (shown.textContent !== text) shown.textContent = text;
    shown.parentElement.classList.toggle("is-over", ms < 0);
  }

  hear({ kind, data }) {
    if (kind === "call" && data) {
      if (this.atOnce(() => this.call(data))) this.tell(`${data.name}: ${data.text}`);
      return;
    }
    if (kind !== "clock" || !data) return;
    const { phase, round, noticed } = this.dataset;
    this.atOnce(() => this.time(data)); // what stands around it follows
    const said = this.dataset;
    if (data.phase !== phase || String(data.round) !== round) {
      this.turned = performance.now();
      if (data.phase === "round") this.tell([said.sayRound.replace("{number}", data.round + 1), said.sayWhere].join(" ").trim());
      else if (data.phase === "break") this.tell(said.sayBreak);
      else if (data.phase === "closed") this.tell(said.sayClosed);
    } else if (data.noticed && noticed === "no") this.tell(said.sayNotice);
    this.refresh(this.crowd);
  }

  // Over how long those who hear the same ask for their page; who hosts goes before.
  get crowd() {
    return "leadNumber" in this.dataset ? 0 : Math.min(MOST_SPREAD, Number(this.dataset.people ?? 0) * SPREAD);
  }

  // Whether it was not there yet.
  call({ id, text, name }) {
    const list = this.querySelector("[data-calls]");
    if (!list || this.querySelector(`[data-call="${id}"]`)) return false;
    const made = this.querySelector("[data-call-shape]").content.cloneNode(true).firstElementChild;
    made.dataset.call = id;
    made.querySelector("[data-name]").textContent = name;
    made.querySelector("[data-text]").textContent = text;
    list.replaceChildren(made);
    return true;
  }

  // What concerns oneself alone.
  mine({ kind }) {
    if (kind === "moved") this.tell(this.dataset.sayMoved);
    this.refresh();
  }

  lead({ kind, data }) {
    if (kind !== "hand" || !data) return this.refresh();
    this.atOnce(() => this.hands(data));
  }

  hands(data) {
    const line = this.querySelector("[data-hands]");
    if (!line) return;
    line.hidden = !data.hands.length;
    line.querySelector("[data-names]").textContent = data.hands.map(({ name, stall }) => `${name} (${stall ?? line.dataset.lobby})`).join(", ");
  }

  // --- who stands where: told without being said aloud

  place({ data }) {
    this.atOnce(() => {
      for (const spot of data?.spots ?? []) {
        this.draw(spot);
        this.list(spot);
      }
    });
  }

  draw({ stall, guests, people, more, count }) {
    const drawn = this.querySelector(`[data-spot="${stall}"]`);
    if (!drawn) return;
    const me = Number(this.dataset.me);
    const fill = (circles, there, count) =>
      circles.forEach((circle, n) => {
        const one = there[n];
        const kind = circle.classList.contains("holder") ? "holder" : "seat";
        circle.setAttribute("class", `${kind}${n < count ? " is-taken" : ""}${one ? ` hue-${one.hue}` : ""}${one?.id === me ? " is-me" : ""}`);
      });
    // Who is away stands there and takes no seat.
    const holders = people.filter((one) => one.holds && !one.away);
    const others = people.filter((one) => !one.holds && !one.away);
    fill([...drawn.querySelectorAll(".holder")], holders, holders.length);
    fill([...drawn.querySelectorAll(".seat")], others, stall ? guests : count);
    drawn.classList.toggle("is-full", Boolean(stall) && guests >= Number(drawn.dataset.seats ?? Infinity));
    if (people.some((one) => one.id === me)) drawn.classList.add("is-here");
    else if (!more) drawn.classList.remove("is-here"); // else one may be among those who are not named
  }

  list({ stall, guests, seats, people, more, count: there }) {
    const row = this.querySelector(`[data-row="${stall}"]`);
    if (!row) return;
    const rows = row.parentElement;
    const count = row.querySelector("[data-count]");
    count.textContent = stall
      ? count.dataset.seats.replace("{taken}", guests).replace("{seats}", seats)
      : count.dataset.lobby.replace("{n}", there);
    row.querySelector("[data-names]").replaceChildren(
      ...people.map((one) => {
        const tag = document.createElement("span");
        tag.className = `tag${one.holds ? " strong" : ""}`;
        tag.textContent = one.name;
        if (one.holds) {
          const said = document.createElement("span");
          said.className = "visually-hidden";
          said.textContent = ` (${rows.dataset.holds})`;
          tag.append(said);
        }
        if (one.away) tag.append(` (${rows.dataset.away})`);
        return tag;
      }),
      ...(more ? [Object.assign(document.createElement("span"), { className: "help", textContent: rows.dataset.more.replace("{n}", more) })] : []),
    );
  }

  // --- at a stall

  // People came or went. When a round begins, that is all of them, and its clock is told right after.
  moved() {
    setTimeout(() => this.refresh(performance.now() - this.turned < TURNING ? this.crowd : 0), TURNING / 4);
  }

  atStall({ kind, data }) {
    if (kind === "turned-out") return; // it was not this screen
    const { stall } = this.dataset;
    const atOnce = (show) => this.atOnce(() => this.dataset.stall === stall && show());
    if (kind === "message" && data) {
      // One line at most is said aloud at a time; what one said oneself is not.
      const { by, name, text } = data;
      const isNew = atOnce(() => this.message(data));
      if (isNew && text !== null && by !== Number(this.dataset.me)) this.tell(`${name}: ${text.slice(0, 120)}`);
    } else if (kind === "note" && data?.text && this.querySelector("[data-note]")) {
      atOnce(() => this.querySelector("[data-note]")?.replaceChildren(...LiveScreen.paragraphs(data.text)));
    } else if (kind === "people") this.moved();
    else this.refresh();
  }

  // Whether it came to stand below what stood there.
  message({ id, by, name, text, at }) {
    const list = this.messages;
    const shape = this.querySelector("[data-message-shape]");
    if (!list || !shape) {
      this.refresh();
      return false;
    }
    const made = shape.content.cloneNode(true).firstElementChild;
    made.id = `bericht-${id}`;
    made.querySelector("[data-name]").textContent = name;
    const when = new Date(at);
    const time = made.querySelector("[data-time]");
    time.dateTime = when.toISOString();
    time.textContent = when.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const back = made.querySelector("[data-back]");
    if (text === null) {
      const gone = document.createElement("p");
      gone.className = "help";
      gone.textContent = this.dataset.sayStruck;
      made.querySelector("[data-text]").replaceChildren(gone);
    } else made.querySelector("[data-text]").replaceChildren(...LiveScreen.paragraphs(text));
    const report = made.querySelector("[data-report]");
    const mine = by === Number(this.dataset.me);
    for (const link of [back, report]) link.href = link.getAttribute("href").replace("/0", `/${id}`);
    if (text === null || !(mine || "tends" in list.dataset)) back.remove();
    if (text === null || mine) report.remove();
    const old = list.querySelector(`#bericht-${id}`);
    if (old) {
      old.replaceWith(made);
      return false;
    }
    // In the order in which it was said, whatever came first; only the last part is shown.
    const later = [...list.children].find((one) => idOf(one) > id);
    if (later && later === list.firstElementChild && "more" in list.dataset) return false;
    const atEnd = isAtEnd(list);
    list.insertBefore(made, later ?? null);
    this.querySelector("[data-nothing]")?.remove();
    if (atEnd) this.scroll();
    return true;
  }

  // --- the rest of the page, as it is now

  // A stall's page follows whoever stands there; the floor's stays the floor's.
  address() {
    return `/markten/${this.market}/${(this.to ?? this.dataset.kind) === "stall" ? "kraam" : "vloer"}`;
  }

  isElsewhere(answer) {
    return answer.redirected && !/\/(vloer|kraam)$/.test(new URL(answer.url).pathname);
  }

  async fetch() {
    if (!this.fetching) this.going = this.to;
    await super.fetch();
  }

  renew(fresh, page, answer) {
    if (!fresh) return this.close();
    const moved = fresh.dataset.kind !== this.dataset.kind || fresh.dataset.stall !== this.dataset.stall;
    const area = this.querySelector('textarea[name="note"]');
    if (area && !moved && area.value !== area.defaultValue) {
      // One is writing the note: its version and words are this screen's.
      fresh.querySelector('input[name="version"]')?.replaceWith(area.form.elements.namedItem("version"));
      const theirs = fresh.querySelector('textarea[name="note"]');
      if (theirs) theirs.defaultValue = area.defaultValue;
    }
    if (moved) {
      history.replaceState(null, "", new URL(answer.url).pathname);
      document.title = page.title;
      for (const name of ["stall", "stallNumber", "placesNumber", "people"]) {
        if (name in fresh.dataset) this.dataset[name] = fresh.dataset[name];
        else delete this.dataset[name];
      }
      this.note.unshared = null;
    }
    if (this.to === this.going) this.to = null; // else one walked on meanwhile
    const leadNumber = fresh.dataset.leadNumber;
    if (leadNumber === undefined) delete this.dataset.leadNumber;
    else if (!("leadNumber" in this.dataset)) this.dataset.leadNumber = leadNumber;
    this.reading = moved ? null : this.readsBack();
    this.swap(fresh);
    this.listen();
    if (moved) {
      // Another place: whoever listens hears its name, and goes on from there.
      const name = this.querySelector("h1");
      if (name) name.tabIndex = -1;
      name?.focus({ preventScroll: true });
    }
  }

  // --- what one presses

  async submit(event) {
    const form = event.target;
    const button = event.submitter;
    if (event.defaultPrevented || form.dataset.plain) return;
    const sent = new FormData(form, button);
    const said = this.command(form.getAttribute("action") ?? "", sent);
    if (!said) return this.leave(form);
    event.preventDefault();
    const [command, data] = said;
    const words = "key" in data && JSON.stringify([command, { ...data, key: "" }]);
    if (words && this.underWay.has(words)) return; // pressed again: it comes
    if (words) sent.set("key", (data.key = this.keyOf(words, form)));
    button?.setAttribute("aria-busy", "true");
    const answer = await live.send(command, data);
    button?.removeAttribute("aria-busy");
    this.underWay.delete(words);
    const now = this.formNow(form);
    if (answer.ok) this.done(command, now ?? form, sent, answer.answer);
    else if (now && (answer.field === "asked" || answer.field === "stale" || answer.tooLong)) this.submitPlainly(now, button);
    else this.tell(answer.error, true);
    if (answer.field === "key") form.elements.namedItem("key").value = crypto.randomUUID();
  }

  // A key is of the words that were sent under it first: other words get one of their own.
  keyOf(words, form) {
    const field = form.elements.namedItem("key");
    if ((this.typedUnder.get(field.value) ?? words) !== words) field.value = crypto.randomUUID();
    this.typedUnder.set(field.value, words);
    this.underWay.add(words);
    return field.value;
  }

  command(address, fields) {
    const market = Number(this.market);
    const stall = Number(this.dataset.stall);
    const number = (name) => Number(fields.get(name));
    const typed = { stall, key: fields.get("key") ?? "", anyway: fields.has("anyway") };
    switch (address.split("/").filter((part) => !/^\d+$/.test(part)).join("/")) {
      case "/markten/vloer/ronde":
        return ["market.round", { market, do: fields.get("do") ?? "", round: number("round") }];
      case "/markten/vloer/tijd":
        if (fields.has("clock")) return ["market.by-clock", { market, on: fields.get("clock") === "1" }];
        return ["market.time", { market, until: fields.get("until"), minutes: 1 }];
      case "/markten/vloer/omroepen":
        return ["market.announce", { market, text: fields.get("text") ?? "", key: typed.key, anyway: typed.anyway }];
      case "/markten/vloer/lopen":
        return ["market.walk", { market, stall: number("stall") }];
      case "/markten/vloer/volgen":
        return ["market.follow", { market }];
      case "/markten/vloer/hulp":
        return ["market.help", { market, up: fields.get("up") === "1" }];
      case "/markten/vloer/gastheer":
        return ["market.host", { market, accept: fields.get("accept") === "1" }];
      case "/markten/kramen/zeggen":
        return ["stall.say", { ...typed, text: fields.get("text") ?? "" }];
      case "/markten/kramen/vragen":
        if (fields.has("stem")) return ["stall.vote", { question: questionOf(address), wants: fields.get("stem") === "1" }];
        if (fields.has("beantwoord")) return ["stall.answered", { question: questionOf(address), done: fields.get("beantwoord") === "1" }];
        return ["stall.ask", { ...typed, text: fields.get("question") ?? "", nameless: fields.has("nameless") }];
      case "/markten/kramen/beurt":
        if (fields.has("talk")) return ["stall.talk", { stall, wants: fields.get("talk") === "1" }];
        return ["stall.turn", { stall, who: number("who") }];
      case "/markten/kramen/notitie":
        return ["stall.note", { stall, text: fields.get("note") ?? "", version: number("version"), anyway: typed.anyway }];
      case "/markten/kramen/links":
        return ["stall.link", { ...typed, url: fields.get("url") ?? "", title: fields.get("title") ?? "" }];
    }
    return null; // files, and whatever has a page of its own
  }

  done(command, form, sent, answer) {
    if (["stall.say", "stall.ask", "stall.link", "market.announce"].includes(command)) {
      // On a slow line somebody types on before the answer is there: that stays.
      const now = new FormData(form);
      const same = (name) => now.get(name) === null || now.get(name) === sent.get(name);
      if (["text", "question", "url", "title"].every(same)) form.reset();
      const key = form.elements.namedItem("key");
      if (key?.value === sent.get("key")) key.value = crypto.randomUUID();
      if (command !== "stall.say") this.tell(this.dataset.saySent);
      return;
    }
    if (command === "stall.note") {
      const area = form.elements.namedItem("note");
      area.defaultValue = sent.get("note"); // what was typed since then is not kept yet
      form.elements.namedItem("version").value = answer.version;
      this.note.unshared = null;
      return this.tell(this.dataset.sayKept);
    }
    if (command === "market.walk" || command === "market.follow") {
      this.to = answer.stall ? "stall" : "floor";
      return void this.fetch();
    }
    // What others see comes by itself; how a button of one's own looks does not.
    if (["market.help", "stall.vote", "market.host"].includes(command)) this.fetch();
  }

  sign() {
    if (!live.connected) return;
    this.signed = Date.now();
    live.send("market.seen", { market: Number(this.market) });
  }

  // A device that slept says at once that it is back.
  back() {
    if (Date.now() - this.signed > SIGN_EVERY) this.sign();
  }

  // One may not be here any more: nothing of it stays on the screen.
  close() {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.ticking);
    clearInterval(this.signing);
    clearTimeout(this.refreshing);
    for (const audience of this.hearing.keys()) live.leave(audience);
    this.hearing.clear();
    this.empty(this.dataset.out);
  }
}

const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
const idOf = (message) => Number(message.id.split("-").pop());
const questionOf = (address) => Number(address.split("/").pop());

customElements.define("market-screen", MarketScreen);
