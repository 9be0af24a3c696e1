// Counts a selection anew while it is being changed. Without this script the buttons on the page do the same.
for (const form of document.querySelectorAll("form[data-count]")) {
  const place = form.querySelector("[data-counted]");
  let waiting, asked = 0;
  const count = async () => {
    const mine = ++asked, wanted = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (/^(kind|ids|is|days|day|year|number)-\d+$|^place$/.test(name)) wanted.append(name, value);
    try {
      const answer = await fetch(form.dataset.count + "?" + wanted, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && mine === asked) place.innerHTML = await answer.text();
    } catch { /* the buttons still count */ }
  };
  form.addEventListener("input", (event) => {
    if (!/^(ids|is|days|day|year|number)-/.test(event.target.name || "")) return;
    clearTimeout(waiting);
    waiting = setTimeout(count, 350);
  });
}
