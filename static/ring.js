/* The caller's page, made smoother. Everything works without this file; it never stores a name or a number. */
(() => {
  'use strict';
  const box = document.querySelector('[data-ring]');
  if (!box) return;
  const SHELF = 'rundan-svar', DRAFTS = 'rundan-utkast', HOURS12 = 12 * 36e5, d = box.dataset;
  const SENSITIVE = /\b(sjuk|diagnos|deprim|cancer|demens|psyk|kyrka|kyrkl|mosk|troende|relig|muslim|krist[en]|jud[eai]|skils?mäss|skild|missbruk|alkoh|facklig|sexu|bög|lesb|asyl|brott|skuld)|\b(?:19|20)?\d{6}[-+ ]?\d{4}\b/i; // campaigns/notes.py asks the same
  const $ = (what, where = document) => where.querySelector(what);
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const read = (key, empty) => { try { return JSON.parse(localStorage.getItem(key)) || empty; } catch { return empty; } };
  const write = (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } };
  const shelf = () => read(SHELF, []);
  const token = () => $('[name=csrf_token]').value;
  const clock = at => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });

  /* Reports: sent with a time limit, shelved on the phone when the network is gone, sent once (client_ref). */
  async function post(url, fields) {
    const body = new FormData(), stop = new AbortController();
    for (const [name, value] of fields) body.append(name, value);
    body.set('csrf_token', token());
    const bell = setTimeout(() => stop.abort(), 8000);
    try {
      const answer = await fetch(url, { method: 'POST', body, signal: stop.signal, redirect: 'manual', headers: { Accept: 'application/json' } });
      if (answer.type === 'opaqueredirect') return { state: 'login' };
      if (answer.ok) return { state: 'sent', next: (await answer.json()).next };
      if (answer.status >= 500 || answer.status === 429) return { state: 'later', busy: true };
      return { state: answer.status === 400 ? 'login' : 'refused' };
    } catch { return { state: 'later' }; } finally { clearTimeout(bell); }
  }

  function shelve(item) { write(SHELF, [...shelf().filter(one => one.ref !== item.ref), item]); }
  function unshelve(ref) { write(SHELF, shelf().filter(one => one.ref !== ref)); }

  let busy = false;
  async function flush(followOn) {
    if (busy) return;
    busy = true;
    let next = null, asked = false;
    for (const item of shelf()) {
      const fields = item.at < Date.now() - HOURS12 ? item.fields.filter(([name]) => name !== 'note') : item.fields;
      const answer = await post(item.url, fields);
      if (answer.state === 'later') break;
      if (answer.state === 'login') { asked = true; break; }
      unshelve(item.ref);
      forget(item.call);
      next = answer.next || d.now;
    }
    busy = false;
    tell();
    if (asked && navigator.onLine) location.assign(d.now);
    else if (next && (followOn || !($('#vantar') || { hidden: true }).hidden)) location.assign(next);
  }

  function waiting(item, busy = false) {
    const sheet = $('#vantar');
    all('[data-busy]', sheet).forEach(one => { one.hidden = (one.dataset.busy === '1') !== busy; });
    sheet.hidden = false;
    $('[data-label]', sheet).textContent = item.label;
    $('[data-time]', sheet).textContent = clock(item.at);
    $('[data-retype]', sheet).hidden = !item.retype;
    location.hash = 'vantar';
    tell();
  }

  function tell() {
    const count = shelf().length;
    all('[data-unsent]').forEach(one => { one.hidden = !count; one.textContent = one.dataset.unsent.replace('0', count); });
  }

  document.addEventListener('submit', async event => {
    const form = event.target, pressed = event.submitter;
    if (!form.matches('[data-report]') || form.dataset.plain) return;
    const fields = [...new FormData(form)].filter(([name]) => name !== 'csrf_token');
    if (pressed && pressed.name) fields.push([pressed.name, pressed.value]);
    const kept = fields.filter(([name]) => name !== 'new_number'), typed = fields.filter(([name]) => name === 'new_number');
    const now = Date.now();
    kept.push(['happened_at', new Date(now).toISOString()]);
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = '1';
    form.setAttribute('aria-busy', 'true');
    const answer = await post(form.action, [...kept, ...typed]);
    delete form.dataset.sending;
    form.removeAttribute('aria-busy');
    if (answer.state === 'sent') { forget(d.call); location.assign(answer.next); return; }
    if (answer.state === 'refused') {
      form.dataset.plain = '1';
      if (pressed) form.requestSubmit(pressed); else form.requestSubmit();
      return;
    }
    const sheet = pressed.closest('.sheet'), from = sheet && $('#utfall a[href="#' + sheet.id + '"].btn');
    const label = (pressed.dataset.label || (sheet && sheet.id !== 'annat' && from ? from : pressed).textContent).trim();
    const retype = typed.some(([, value]) => value) && kept.some(([name, value]) => name === 'outcome' && value === 'wrong_number');
    kept.push(['shelved', '1']);
    const item = { url: form.action, fields: kept, at: now, label, retype, call: d.call, ref: new FormData(form).get('client_ref') };
    shelve(item);
    if (answer.state === 'login') location.assign(d.now); else waiting(item, answer.busy);
  });

  all('[data-retry]').forEach(button => button.addEventListener('click', () => flush(true)));
  all('[data-rethink]').forEach(link => link.addEventListener('click', () => {
    write(SHELF, shelf().filter(one => one.call !== d.call));
    $('#vantar').hidden = true;
    tell();
  }));

  /* Drafts: what is ticked and written in the conversation survives a reload; thrown away when delivered. */
  const drafts = () => read(DRAFTS, {});
  function forget(call) { const kept = drafts(); delete kept[call]; write(DRAFTS, kept); }
  function prune() {
    const kept = drafts();
    for (const call in kept) if (kept[call].at < Date.now() - HOURS12) delete kept[call];
    write(DRAFTS, kept);
  }
  const talk = $('[data-draft]');
  if (talk) {
    const mine = drafts()[d.call];
    if (mine && !('filled' in talk.dataset)) {
      all('input[type=checkbox],input[type=radio]', talk).forEach(box => { box.checked = mine.ticks.includes(box.name + '=' + box.value); });
      all('textarea,input[type=text]', talk).forEach(field => { field.value = mine.texts[field.name] || ''; });
    }
    talk.addEventListener('input', () => {
      const ticks = all(':checked', talk).map(box => box.name + '=' + box.value), texts = {};
      all('textarea,input[type=text]', talk).forEach(field => { texts[field.name] = field.value; });
      write(DRAFTS, { ...drafts(), [d.call]: { at: Date.now(), ticks, texts } });
      all('[data-saved]').forEach(chip => { chip.hidden = false; });
    });
  }
  all('#note').forEach(area => {
    const left = $('#note-left'), hint = $('#note-ask');
    const look = () => {
      left.textContent = area.value.length >= 200 ? area.value.length + ' / ' + area.maxLength : '';
      hint.hidden = !SENSITIVE.test(area.value);
    };
    area.addEventListener('input', look);
    look();
  });

  /* The call: tell the server it was rung, keep the person while the page is looked at, come back to the outcomes. */
  let rang = 0, left = 0, until = Date.now() + Number(d.lease || 0) * 1000;
  async function keep(fields = []) {
    if (!d.keep) return;
    const answer = await post(d.keep, fields);
    if (answer.state === 'sent') { until = Date.now() + 45 * 6e4; warn(); }
    if (answer.state === 'refused') location.assign(d.now);
  }
  function warn() { all('form[data-lease]').forEach(one => { one.hidden = until - Date.now() > 12e4; }); }
  document.addEventListener('click', event => {
    if (!event.target.closest('a[data-rang]')) return;
    rang = Date.now();
    const body = new FormData();
    body.set('csrf_token', token());
    body.set('rang', '1');
    if (d.keep && navigator.sendBeacon) navigator.sendBeacon(d.keep, body);
  });
  all('form[data-lease]').forEach(form => form.addEventListener('submit', event => { event.preventDefault(); keep(); }));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) { left = Date.now(); return; }
    if (rang && left && Date.now() - left >= 3000 && !location.hash) location.hash = 'utfall';
    if (shelf().length) flush(false);
    warn();
  });
  if (d.keep) setInterval(() => { if (!document.hidden) keep(); warn(); }, 6e4);

  /* Keyboard on a computer: 1-5, Enter, Z; never while typing. */
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest('input,textarea,select,[contenteditable]')) return;
    const press = $('[data-key="' + event.key.toLowerCase() + '"]');
    if (event.key === 'Enter') {
      if (event.target.closest('a,button,summary')) return;
      const main = all('.primary').find(one => one.offsetParent && getComputedStyle(one).visibility === 'visible');
      if (main) { event.preventDefault(); main.click(); }
    } else if (press) { event.preventDefault(); press.click(); }
  });

  /* What the page had no room for is fetched while there is a network, so that every answer can be given without. */
  let whole = !d.keep;
  async function complete() {
    const apart = all('#utfall :is(.out,.tail) a[href^="/"]');
    if (whole || !apart.length) return;
    try {
      const answer = await fetch(d.keep.replace('behall', 'resten'));
      whole = true;
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), 'text/html');
      for (const link of apart) {
        const name = link.pathname.split('/').pop(), section = found.getElementById(name);
        if (section && !document.getElementById(name)) { $('#r').append(section); link.setAttribute('href', '#' + name); }
      }
    } catch { /* asked for again when there is a network */ }
  }

  addEventListener('online', () => { complete(); flush(false); });
  setInterval(() => { complete(); if (shelf().length) flush(false); }, 15e3);
  prune();
  tell();
  complete();
  const mine = shelf().find(one => one.call === d.call && d.call);
  if (mine) waiting(mine);
  if (shelf().length) flush(false);
  d.ready = '';
})();
