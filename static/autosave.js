// A form that saves itself while it is filled in: every change is sent as a draft, and the chip says when it is kept.
(() => {
  const form = document.querySelector('[data-autosave]'), chip = form && form.querySelector('[data-saved]');
  if (!form) return;
  let waiting = 0, latest = 0;
  const save = async () => {
    const turn = ++latest, body = new FormData(form);
    body.append('draft', '1');
    chip.hidden = true;
    try {
      const answer = await fetch(form.action, { method: 'POST', body, redirect: 'manual' });
      if (turn === latest) chip.hidden = answer.status !== 204;
    } catch { /* no network: the button saves, and says so if it cannot */ }
  };
  form.addEventListener('change', save);
  form.addEventListener('input', event => {
    if (event.target.type !== 'textarea') return;
    clearTimeout(waiting);
    waiting = setTimeout(save, 1200);
  });
  form.addEventListener('submit', () => { clearTimeout(waiting); latest++; });
})();
