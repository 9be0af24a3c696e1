// Counts a selection anew while it is being changed. Without this script the buttons on the page do the same.
for (const form of document.querySelectorAll("form[data-count]")) {
  const place = form.querySelector("[data-counted]"), builder = form.querySelector("[data-builder]");
  let waiting, asked = 0;
  const beside = () => {
    for (const left of builder.querySelectorAll("[data-left]")) {
      const found = place.querySelector(`[data-of="${left.dataset.left}"]`);
      left.textContent = found ? found.textContent : "";
      left.closest("details").classList.toggle("empties", Boolean(found && "empties" in found.dataset));
    }
    for (const said of builder.querySelectorAll("[data-said]")) {
      const found = place.querySelector(`[data-words="${said.dataset.said}"]`);
      if (found) said.textContent = found.textContent;
    }
  };
  const count = async () => {
    const mine = ++asked, wanted = new URLSearchParams();
    const ours = new Set(["status", "place", ...[...builder.querySelectorAll("[name]")].map((one) => one.name)]);
    for (const [name, value] of new FormData(form)) if (ours.has(name) && typeof value === "string") wanted.append(name, value);
    try {
      const answer = await fetch(form.dataset.count + "?" + wanted, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && mine === asked) { place.innerHTML = await answer.text(); beside(); }
    } catch { /* the buttons still count */ }
  };
  form.addEventListener("input", (event) => {
    if (!builder.contains(event.target) && event.target.name !== "status") return;
    clearTimeout(waiting);
    waiting = setTimeout(count, 350);
  });
}
