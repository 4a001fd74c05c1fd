// Keeps the console up to date: it loads the same page again and again, and shows its live part.
(() => {
  'use strict';

  const EVERY = 5000;
  const LONGEST = 30000;
  const live = document.getElementById('live');
  const notice = document.getElementById('notice');
  if (!live) {
    return;
  }
  if (location.pathname !== '/-/') {
    // The answer to a form: to load it again would send the form again.
    history.replaceState(null, '', '/-/');
  }

  /** Nobody wants a list to change under the finger. */
  function isInUse() {
    const selection = document.getSelection();
    return live.contains(document.activeElement) || live.querySelector('details[open]') !== null
      || (selection !== null && !selection.isCollapsed);
  }

  function say(text) {
    notice.hidden = false;
    if (notice.textContent !== text) {
      notice.textContent = text;
    }
  }

  let isLost = false;

  async function look() {
    if (document.hidden || isInUse()) {
      return true;
    }
    let fresh = null;
    try {
      const answer = await fetch(location.href,
        {headers: {Accept: 'text/html'}, cache: 'no-store', signal: AbortSignal.timeout(LONGEST)});
      if (answer.status === 401 || answer.status === 403) {
        say('You are signed out. Load the page again to sign in.');
        return false;
      }
      fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('live');
    } catch (e) {
      // Said below.
    }
    if (fresh === null) {
      isLost = true;
      say('The server does not answer. What you see may be old.');
      return true;
    }
    if (!isInUse()) {
      live.replaceChildren(...fresh.childNodes);
    }
    if (isLost) {
      isLost = false;
      say('The server answers again.');
    }
    return true;
  }

  async function again() {
    if (await look()) {
      setTimeout(again, EVERY);
    }
  }

  setTimeout(again, EVERY);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      look();
    }
  });
})();
