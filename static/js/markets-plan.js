// Dragging a name to another stall asks what that costs: with a mouse, or with a finger that rests on the
// name first, so that the page still scrolls under a finger that does not. Each name is a link to the form
// that does the same, for keyboards and without scripts.

const REST = 350; // milliseconds until a finger holds the name
const STILL = 10; // pixels that it may move meanwhile
const EDGE = 70; // pixels from the edge of the screen where the page goes along
const STEP = 8;

class PlanTable extends HTMLElement {
  connectedCallback() {
    for (const name of this.querySelectorAll("[data-who]")) {
      name.draggable = true;
    }
    this.addEventListener("dragstart", (event) => {
      if (this.touched || !this.take(event.target)) return event.preventDefault(); // a finger drags by itself
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", this.dragged.name.textContent.trim());
    });
    this.addEventListener("dragover", (event) => {
      const to = this.targetOf(event.target);
      if (to) event.preventDefault();
      this.over(to);
    });
    this.addEventListener("drop", (event) => {
      const to = this.targetOf(event.target);
      if (!to) return;
      event.preventDefault();
      this.ask(to);
    });
    this.addEventListener("dragend", () => this.letGo());
    this.addEventListener("touchstart", (event) => this.touch(event), { passive: true });
    this.addEventListener("touchmove", (event) => this.moveFinger(event), { passive: false });
    this.addEventListener("touchend", (event) => this.lift(event));
    this.addEventListener("touchcancel", () => this.letGo());
    // A finger that rests on a link would get the browser's menu of links.
    this.addEventListener("contextmenu", (event) => this.touched && event.preventDefault());
  }

  take(element) {
    const name = element.closest?.("[data-who]");
    const from = name?.closest("[data-round]");
    this.dragged = from ? { name, who: name.dataset.who, round: from.dataset.round } : null;
    return this.dragged;
  }

  letGo() {
    clearTimeout(this.resting);
    clearInterval(this.scrolling);
    this.dragged?.name.classList.remove("is-held");
    this.dragged = this.touched = null;
    this.over(null);
  }

  ask(to) {
    const asked = new URLSearchParams({ wie: this.dragged.who, ronde: this.dragged.round, kraam: to.dataset.stall });
    window.location.assign(`${this.dataset.url}?${asked}`);
  }

  // --- with a finger

  touch({ target, touches }) {
    this.letGo();
    if (touches.length !== 1 || !target.closest("[data-who]")) return;
    this.touched = { x: touches[0].clientX, y: touches[0].clientY };
    this.resting = setTimeout(() => {
      if (!this.take(target)) return;
      this.dragged.name.classList.add("is-held");
      this.scrolling = setInterval(() => this.goAlong(), 16);
    }, REST);
  }

  moveFinger(event) {
    if (!this.touched) return;
    const { clientX: x, clientY: y } = event.touches[0];
    if (!this.dragged) {
      // It moves before it held anything: the page scrolls.
      if (Math.hypot(x - this.touched.x, y - this.touched.y) > STILL) this.letGo();
      return;
    }
    event.preventDefault();
    this.touched = { x, y };
    this.over(this.underFinger());
  }

  lift(event) {
    const to = this.dragged && this.underFinger();
    if (this.dragged) event.preventDefault(); // it was no press on the link
    if (to && !to.contains(this.dragged.name)) this.ask(to);
    this.letGo();
  }

  underFinger() {
    const there = document.elementFromPoint(this.touched.x, this.touched.y);
    return there && this.targetOf(there);
  }

  // Near an edge of the screen the page goes along, so that every stall of the round can be reached.
  goAlong() {
    const { y } = this.touched;
    if (y < EDGE) window.scrollBy(0, -STEP);
    else if (y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
    else return;
    this.over(this.underFinger());
  }

  // --- where it would land

  over(to) {
    this.querySelector(".is-new")?.classList.remove("is-new");
    to?.classList.add("is-new");
  }

  // A place in the same round: nobody goes back in time.
  targetOf(element) {
    const to = element.closest("[data-round]");
    return this.dragged && to?.dataset.round === this.dragged.round ? to : null;
  }
}

// While a plan is being made the page looks again by itself; without this, by its link.
class PlanProgress extends HTMLElement {
  connectedCallback() {
    this.timer = setTimeout(() => window.location.reload(), 2000);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

customElements.define("plan-table", PlanTable);
customElements.define("plan-progress", PlanProgress);
