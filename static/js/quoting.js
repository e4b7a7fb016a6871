// Quote a selection: choose words in a post, press the button that appears (or 'Quote' in the
// post's menu), and they stand in the answer with a link to where they come from.

const button = document.getElementById("quote-selection");
const box = document.querySelector("#antwoord textarea");

function chosen() {
  const selection = getSelection();
  const words = selection.toString().trim();
  if (!words || !selection.rangeCount) return null;
  const inside = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".post-body");
  const body = inside(selection.anchorNode);
  if (!body || body !== inside(selection.focusNode)) return null;
  return { words, post: body.closest(".post"), range: selection.getRangeAt(0) };
}

function quote({ words, post }) {
  const name = post.querySelector(".post-by").textContent.trim().replace(/[[\]]/g, "");
  const id = post.id.replace("bericht-", "");
  const lines = words.split("\n").map((line) => `> ${line}`.trimEnd());
  const before = box.value.trim() ? `${box.value.trimEnd()}\n\n` : "";
  box.value = `${before}> [${name}](/berichten/${id}):\n>\n${lines.join("\n")}\n\n`;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  box.scrollIntoView({ block: "center" });
  button.hidden = true;
}

if (button && box) {
  document.addEventListener("selectionchange", () => {
    const found = chosen();
    button.hidden = !found;
    if (!found) return;
    const place = found.range.getBoundingClientRect();
    button.style.top = `${scrollY + place.bottom + 8}px`;
    button.style.left = `${Math.max(8, Math.min(place.left, innerWidth - 140))}px`;
  });
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    const found = chosen();
    if (found) quote(found);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('.post a[href*="citeer="]');
    const found = link && chosen();
    if (!found || found.post !== link.closest(".post")) return;
    event.preventDefault();
    quote(found);
  });
}
