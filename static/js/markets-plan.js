// Dragging a name to another stall asks what that costs. Each name is a link to the form that does
// the same, for fingers and keyboards, and without scripts.

class PlanTable extends HTMLElement {
  connectedCallback() {
    for (const name of this.querySelectorAll("[data-who]")) {
      name.draggable = true;
    }
    this.addEventListener("dragstart", (event) => {
      const name = event.target.closest("[data-who]");
      const from = name?.closest("[data-round]");
      if (!from) return;
      this.dragged = { who: name.dataset.who, round: from.dataset.round };
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", name.textContent.trim());
    });
    this.addEventListener("dragover", (event) => {
      const to = this.targetOf(event);
      if (to) event.preventDefault();
      this.over(to);
    });
    this.addEventListener("drop", (event) => {
      const to = this.targetOf(event);
      if (!to) return;
      event.preventDefault();
      const asked = new URLSearchParams({
        wie: this.dragged.who,
        ronde: this.dragged.round,
        kraam: to.dataset.stall,
      });
      window.location.assign(`${this.dataset.url}?${asked}`);
    });
    this.addEventListener("dragend", () => {
      this.dragged = null;
      this.over(null);
    });
  }

  // Shows where the name would land.
  over(to) {
    this.querySelector(".is-new")?.classList.remove("is-new");
    to?.classList.add("is-new");
  }

  // A place in the same round: nobody goes back in time.
  targetOf(event) {
    const to = event.target.closest("[data-round]");
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
