// Fetches a live part of the page again: every 3 s while it is looked at and changes, else every 60 s. Without this script there is a link.
for (const place of document.querySelectorAll("[data-live]")) {
  let last = 0, quiet = 0;
  const look = async () => {
    last = Date.now();
    try {
      const answer = await fetch(place.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) { quiet = 99; return; }
      const fresh = await answer.text(), bare = (text) => text.replace(/\d\d[.:]\d\d/g, "");
      const open = [...place.querySelectorAll("details")].map((one) => one.open), held = place.contains(document.activeElement);
      quiet = bare(fresh) === place.lastBare ? quiet + 1 : 0;
      place.lastBare = bare(fresh);
      if (held) return; // never take the focus away from somebody
      place.innerHTML = fresh;
      place.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? one.open; });
    } catch { quiet += 1; }
  };
  setInterval(() => {
    const slow = document.hidden || "slow" in place.dataset || quiet > 40;
    if (Date.now() - last >= (slow ? 60000 : 3000)) look();
  }, 1000);
}
