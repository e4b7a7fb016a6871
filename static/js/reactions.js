// A reaction changes in place. Without this, or when it fails, the button sends the page's form.

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button.react[formaction]");
  if (!button?.form) return;
  event.preventDefault();
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const body = new FormData(button.form);
  const headers = { Accept: "application/json" };
  const answer = await fetch(button.formAction, { method: "POST", body, headers }).catch(() => null);
  button.ariaBusy = null;
  if (!answer?.ok) return button.form.requestSubmit(button);
  const { given, count } = await answer.json();
  button.setAttribute("aria-pressed", String(given));
  button.querySelector("b").textContent = count || "";
});
