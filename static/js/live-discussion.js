// New posts appear by themselves. The page hears only that there is something (a number); what is
// shown is fetched, with permission, from the same address as without sockets. See live.js.
const { live } = globalThis;
const NEAR = 300; // pixels from the end that count as being there

class LiveDiscussion extends HTMLElement {
  connectedCallback() {
    if (!("live" in this.dataset) || this.audience) return;
    this.audience = `discussion:${this.dataset.id}`;
    this.shown = Number(this.dataset.shown); // the highest post number on the page
    this.last = Number(this.dataset.last);
    this.posts = this.querySelector(".posts");
    this.told = document.createElement("p");
    this.told.className = "visually-hidden";
    this.told.role = "status";
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "button new-posts";
    this.button.hidden = true;
    this.button.addEventListener("click", () => this.go());
    this.append(this.button, this.told);

    live.listen(this.audience, {
      number: Number(this.dataset.live), // of the last event when the page was made
      events: (events) => events.forEach((event) => this.take(event)),
      reset: () => this.reset(),
    });
    addEventListener("scroll", () => this.settle(), { passive: true });
  }

  disconnectedCallback() {
    live.leave(this.audience);
    this.audience = null;
  }

  // Away for so long that nobody knows what was missed: as if somebody had just posted.
  async reset() {
    const part = await this.part(`na=${this.shown}`);
    if (part) this.take({ kind: "post", subject: part.last });
  }

  take(event) {
    if (event.kind === "changed") return void this.again(event.subject);
    this.last = Math.max(this.last, event.subject);
    if ("atEnd" in this.dataset) this.fetchNew();
    else this.offer();
  }

  // One at a time; what came in meanwhile is fetched after it.
  async fetchNew() {
    if (this.busy) return;
    this.busy = true;
    while (this.shown < this.last) {
      const seen = document.visibilityState === "visible" ? "&gelezen=1" : "";
      const part = await this.part(`na=${this.shown}${seen}`);
      if (!part) break;
      const before = this.atEnd();
      const came = part.posts;
      for (const post of came) if (!document.getElementById(post.id)) this.posts.append(post);
      this.first ??= came[0];
      this.shown = Math.max(this.shown, ...came.map((post) => Number(post.dataset.number)));
      this.last = Math.max(this.last, part.last);
      if (!came.length) this.shown = this.last;
      this.waiting = (this.waiting ?? 0) + came.length;
      this.told.textContent = this.words();
      if (before) this.waiting = this.first = null;
      this.offer();
    }
    this.busy = false;
  }

  // A post was edited, removed or folded: it is shown as it is now.
  async again(number) {
    const old = number && this.querySelector(`.post[data-number="${number}"]`);
    if (!old) return;
    const part = await this.part(`na=${number - 1}&tot=${number}`);
    const fresh = part?.posts[0];
    if (fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
    else if (part && !fresh) old.remove();
  }

  async part(query) {
    const url = `/discussies/${this.dataset.id}/nieuw?${query}`;
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || answer.redirected) return null;
    const { last, html } = await answer.json();
    const made = document.createElement("template");
    made.innerHTML = html;
    return { last, posts: [...made.content.querySelectorAll(".post")] };
  }

  words() {
    const n = "atEnd" in this.dataset ? this.waiting : this.last - Number(this.dataset.last);
    return n === 1 ? this.dataset.one : this.dataset.more.replace("{n}", n);
  }

  offer() {
    const away = "atEnd" in this.dataset ? this.waiting : this.last > Number(this.dataset.last);
    this.button.hidden = !away;
    if (away) this.button.textContent = this.words();
    if (away && !("atEnd" in this.dataset)) this.told.textContent = this.words();
  }

  go() {
    if (!("atEnd" in this.dataset)) {
      location.href = `/discussies/${this.dataset.id}?vanaf=${Number(this.dataset.last) + 1}#nieuw`;
      return;
    }
    const first = this.first;
    this.waiting = this.first = null;
    this.offer();
    first?.scrollIntoView({ block: "start" });
    first?.querySelector(".post-by a, .post-time")?.focus({ preventScroll: true });
  }

  atEnd() {
    return this.posts.getBoundingClientRect().bottom < innerHeight + NEAR;
  }

  settle() {
    if (this.waiting && this.atEnd()) {
      this.waiting = this.first = null;
      this.offer();
    }
  }
}

customElements.define("live-discussion", LiveDiscussion);
