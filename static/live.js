// Fetches the live parts of a page again: every 3 s while they are looked at and change, else every 60 s. Without this script there is a link.
for (const place of document.querySelectorAll("[data-live]")) {
  let last = Date.now(), quiet = 0, before = "";
  const put = (part, fresh) => {
    if (part.contains(document.activeElement)) return; // never take the focus away from somebody
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.innerHTML = fresh.innerHTML;
    part.querySelectorAll("details").forEach((one, n) => { one.open = open[n] ?? one.open; });
  };
  const look = async () => {
    last = Date.now();
    try {
      const answer = await fetch(place.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) { quiet = 99; return; }
      const text = await answer.text(), bare = text.replace(/\d\d[.:]\d\d/g, "");
      quiet = bare === before ? quiet + 1 : 0;
      before = bare;
      const parts = new DOMParser().parseFromString(text, "text/html");
      const title = parts.querySelector("[data-title]");
      if (title) {
        document.title = title.dataset.title;
        const ring = 'cx="16" cy="16" r="9.5" fill="none" stroke="%23fff" stroke-width="4"';
        document.querySelector('link[rel="icon"]').href = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="9" fill="%230E5A63"/><circle ${ring} stroke-opacity=".35"/><circle ${ring} stroke-dasharray="${0.597 * title.dataset.percent} 60" transform="rotate(-90 16 16)"/></svg>`;
      }
      for (const fresh of parts.querySelectorAll("[data-part]")) {
        const part = place.querySelector(`[data-part="${fresh.dataset.part}"]`);
        if (part) put(part, fresh);
      }
    } catch { quiet += 1; }
  };
  setInterval(() => {
    const slow = document.hidden || "slow" in place.dataset || quiet > 40;
    if (Date.now() - last >= (slow ? 60000 : 3000)) look();
  }, 1000);
}
