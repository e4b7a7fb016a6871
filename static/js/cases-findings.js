// Selecting words in the text offers to mark them; choosing what to do with a finding follows what
// one types. Without this, the words are typed and the buttons are pressed.

class CaseFindings extends HTMLElement {
  connectedCallback() {
    this.text = this.querySelector("[data-text]");
    this.words = this.querySelector(".add-words input[name=words]");
    if (this.text && this.words) {
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "button mark-here";
      this.button.hidden = true;
      // Pressing it, on a phone, takes the selection away: the words are those that it offered.
      this.button.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.pressed = true;
      });
      this.button.addEventListener("pointercancel", () => (this.pressed = false));
      this.button.addEventListener("click", () => this.take());
      this.append(this.button);
      this.onselect = () => this.offer();
      document.addEventListener("selectionchange", this.onselect);
    }
    // Typing a replacement or a reason chooses it.
    this.addEventListener("input", ({ target }) => {
      const [kind, key] = (target.name ?? "").split(/-(.*)/);
      const id = { text: "r", reason: "k" }[kind];
      const radio = id && this.querySelector(`#${id}-${CSS.escape(key)}`);
      if (radio && target.value.trim()) radio.checked = true;
    });
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.onselect);
  }

  chosen() {
    const selection = getSelection();
    if (selection.isCollapsed || !this.text.contains(selection.anchorNode)) return "";
    if (!this.text.contains(selection.focusNode)) return "";
    // The words as they stand there: without signs and what only a screen reader hears.
    const copy = selection.getRangeAt(0).cloneContents();
    for (const extra of copy.querySelectorAll(".sign, .visually-hidden")) extra.remove();
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  offer() {
    if (this.pressed) return;
    const words = this.chosen();
    this.offered = words;
    this.button.hidden = !words || words.length > Number(this.words.maxLength);
    const short = words.length > 40 ? `${words.slice(0, 39)}…` : words;
    this.button.textContent = this.dataset.mark.replace("¤", short);
  }

  take() {
    this.pressed = false;
    this.words.value = this.offered;
    this.button.hidden = true;
    getSelection().removeAllRanges();
    this.words.closest("form").scrollIntoView({ block: "center" });
    // Next is what it is, or the button: whatever comes after the words.
    this.words.closest("form").querySelector("select, input[name=note], button").focus();
  }
}

customElements.define("case-findings", CaseFindings);
