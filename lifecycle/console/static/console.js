// Keeps a page up to date: it listens for news and takes the parts that changed from the
// page as the server has it now. Without it, the page is the same, and stands still.
"use strict";
(() => {
  const { events, listing, since } = document.body.dataset;
  const live = document.getElementById("live");
  let seen = since, timer = 0, running = false, again = false;

  // refresh takes the parts of the page of now that differ.
  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
      if (answer.status === 404 || answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const other = next.querySelector(`[data-live="${part.dataset.live}"]`);
        if (!other || other.innerHTML === part.innerHTML && other.tagName === part.tagName) continue;
        if (part.contains(document.activeElement) && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) continue;
        replace(part, other);
      }
      const clock = document.querySelector(".clock"), now = next.querySelector(".clock");
      if (clock && now) clock.replaceChildren(...now.childNodes);
      document.title = next.title;
    } catch {
      // the next news, or the next minute, tries again
    } finally {
      running = false;
      if (again) { again = false; soon(); }
    }
  }

  // replace keeps what the reader opened, and where the keyboard is.
  function replace(part, other) {
    const open = new Map([...part.querySelectorAll("details[data-key]")].map(d => [d.dataset.key, d.open]));
    const held = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const fresh = document.importNode(other, true);
    for (const d of fresh.querySelectorAll("details[data-key]")) if (open.has(d.dataset.key)) d.open = open.get(d.dataset.key);
    part.replaceWith(fresh);
    if (held) [...fresh.querySelectorAll("a")].find(a => a.getAttribute("href") === held)?.focus();
  }

  // soon waits a little, so that much news is one refresh.
  function soon() {
    clearTimeout(timer);
    timer = setTimeout(refresh, 300);
  }

  function listen() {
    const query = new URLSearchParams({ since: seen });
    if (listing !== "all") query.set("listing", listing);
    const stream = new EventSource(`${events}?${query}`);
    stream.addEventListener("change", e => {
      seen = e.lastEventId;
      const own = (JSON.parse(e.data).changes ?? []).find(c => c.listing === listing);
      if (own) {
        live.textContent = `Updated: ${own.event}. The listing is ${own.state || "discarded"}.`;
        live.hidden = false;
      }
      soon();
    });
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 10000);
    };
    addEventListener("pagehide", () => stream.close(), { once: true });
  }

  listen();
  // What is under way moves on without news.
  setInterval(() => { if (!document.hidden && document.querySelector(".bar")) refresh(); }, 30000);
  addEventListener("pageshow", e => { if (e.persisted) location.reload(); });
})();
