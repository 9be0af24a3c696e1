// The composer: counts recipients as they are chosen, puts fields in the text, counts its characters. Without it the buttons do the same.
const counting = document.querySelector("form[data-counts]");
if (counting) {
  const place = counting.querySelector("[data-counted]");
  let waiting, asked = 0;
  const count = async () => {
    const mine = ++asked, wanted = new URLSearchParams();
    for (const [name, value] of new FormData(counting)) if (!/^(csrf_token|title)$/.test(name)) wanted.append(name, value);
    try {
      const answer = await fetch(`${counting.dataset.counts}?${wanted}`, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && !answer.redirected && mine === asked) place.innerHTML = await answer.text();
    } catch { /* the button still counts */ }
  };
  counting.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(count, 400); });
}
const body = document.querySelector("textarea[data-ending]");
if (body) {
  const cheap = /^[@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
  const replaced = { "–": "-", "—": "-", "’": "'", "‘": "'", "”": '"', "“": '"', "…": "...", "\u00a0": " " };
  const here = document.querySelector("[data-count-here]");
  const sv = document.documentElement.lang === "sv";
  const count = () => {
    const text = (body.value.normalize().replace(/[–—’‘”“…\u00a0]/g, (one) => replaced[one]).trim() + "\n" + body.dataset.ending).replace(/\{förnamn[^}]*\}/g, "Kristina").replace(/\{[^{}]*länk[^}]*\}/g, "x".repeat(40));
    const gsm = cheap.test(text), places = gsm ? text.length + (text.match(/[\^{}\\[~\]|€]/g) || []).length : text.length;
    const [alone, each] = gsm ? [160, 153] : [70, 67], parts = places <= alone ? 1 : Math.ceil(places / each);
    here.textContent = sv ? `Ungefär ${places} tecken, ${parts} sms för en vanlig mottagare. Spara för att räkna exakt.` : `About ${places} characters, ${parts} part${parts > 1 ? "s" : ""} for an ordinary recipient. Save to count exactly.`;
  };
  body.addEventListener("input", count);
  for (const button of document.querySelectorAll("button[data-field]")) button.addEventListener("click", (event) => {
    event.preventDefault();
    body.setRangeText(`{${button.dataset.field}}`, body.selectionStart, body.selectionEnd, "end");
    body.focus();
    count();
  });
}
