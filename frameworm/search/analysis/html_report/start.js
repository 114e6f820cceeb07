for (const state of byName.get("state")?.words ?? []) {
  find("state").add(new Option(state.toLowerCase(), state));
}
find("state").addEventListener("change", choose);
find("filter").addEventListener("input", choose);
find("unbrush").addEventListener("click", () => ((chosen.brush = null), choose()));
find("first").addEventListener("click", () => ((page = 0), draw()));
find("previous").addEventListener("click", () => (page--, draw()));
find("next").addEventListener("click", () => (page++, draw()));
find("last").addEventListener("click", () => ((page = Infinity), draw()));

document.addEventListener("click", async (event) => {
  const trial = event.target.closest?.("button.open");
  if (trial) openTrial(Number(trial.dataset.trial));
  const button = event.target.closest?.("button.copy");
  if (!button) return;
  const text = button.parentElement.querySelector("pre");
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text.textContent);
  } catch {
    // Some browsers keep the clipboard from files opened by double click.
    getSelection().selectAllChildren(text);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), 1500);
});
mark();
choose();
