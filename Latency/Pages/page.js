// Keeps a page up to date: asks for it again every few seconds and takes over the parts that have changed. Without scripts the page
// reloads itself instead.
"use strict";
(() => {
  const pause = 3000,
    patience = 60000;
  const news = document.getElementById("news");
  let tag = null,
    since = null;

  // What was opened stays open, and a table stays where it was scrolled to.
  function put(old, fresh) {
    const open = [...old.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    const left = [...old.querySelectorAll(".wide")].map((wide) => wide.scrollLeft);
    old.replaceWith(fresh);
    for (const details of fresh.querySelectorAll("details"))
      details.open ||= open.includes(details.querySelector("summary").textContent);
    fresh.querySelectorAll(".wide").forEach((wide, i) => (wide.scrollLeft = left[i] || 0));
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const old = document.querySelector("main"),
      fresh = page.querySelector("main");
    document.title = page.title;
    if (old.children.length !== fresh.children.length) put(old, document.adoptNode(fresh));
    else
      [...old.children].forEach((part, i) => {
        const other = fresh.children[0];
        // As the server wrote it: an opened detail is no change.
        const written = part.cloneNode(true);
        written.querySelectorAll("details").forEach((details) => details.removeAttribute("open"));
        if (written.outerHTML === other.outerHTML) other.remove();
        else put(part, document.adoptNode(other));
      });
  }

  // What is shown stays, and it is asked for again and again.
  function complain(why) {
    since ??= new Date().toLocaleTimeString();
    news.textContent = `This page cannot be renewed since ${since} (${why}): what is shown is from before.`;
  }

  async function renew() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, {
          cache: "no-store",
          headers: tag === null ? {} : { "If-None-Match": tag },
          signal: AbortSignal.timeout(patience),
        });
        const isPage = answer.headers.get("Content-Type")?.startsWith("text/html");
        if (answer.status !== 304 && !(answer.ok && isPage)) {
          const sentence = isPage
            ? new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main p")?.textContent
            : null;
          complain(sentence?.replace(/[.:]$/, "") || `the server answers with ${answer.status}`);
        } else {
          if (answer.status !== 304) {
            const text = await answer.text();
            tag = answer.headers.get("ETag");
            take(text);
          }
          since = null;
          news.textContent = "";
        }
      } catch {
        complain("no answer");
      }
    }
    setTimeout(renew, pause);
  }

  setTimeout(renew, pause);
})();
