// Keeps the page of a cart up to date, begins the download once the cart is ready, and copies commands.
(() => {
  'use strict';

  const FILES_EVERY = 15000;
  const MOST_FILES = 300;
  const main = document.getElementById('cart');
  const of = main.dataset;
  const isInWork = (state) => ['waiting', 'staging', 'bundling'].includes(state);
  const at = (id) => document.getElementById(id);
  const number = (value) => value.toLocaleString('en');
  const files = (count) => (count === 1 ? '1 file' : number(count) + ' files');

  /** As the server writes sizes: powers of 1000. */
  function size(bytes) {
    const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
    let value = bytes;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return value.toFixed(unit > 0 && value < 9.95 ? 1 : 0) + ' ' + units[unit];
  }

  function localTime(element) {
    const moment = new Date(element.dateTime);
    element.title = element.title || element.textContent;
    element.textContent = moment.toLocaleString([], {dateStyle: 'medium', timeStyle: 'short'});
    return element;
  }

  function time(iso) {
    const element = document.createElement('time');
    element.dateTime = iso;
    return localTime(element);
  }

  function text(element, value) {
    if (element.textContent !== value) {
      element.textContent = value;
    }
  }

  // A download that begins by itself: whoever waited on this tab gets it, once.

  const waited = 'cartd ' + of.uid + ' ' + of.number;

  function remember() {
    try {
      sessionStorage.setItem(waited, 'waits');
    } catch (e) {
      // Without storage the button is there.
    }
  }

  function recall() {
    try {
      const found = sessionStorage.getItem(waited) !== null;
      sessionStorage.removeItem(waited);
      return found;
    } catch (e) {
      return false;
    }
  }

  // What is seen while the cart is in work.

  let spokenTenth = -1;

  /** A screen reader hears each change of the state, and each tenth of the way. */
  function speak(cart, part) {
    const tenth = Math.floor(part * 10);
    if (cart.state !== of.state || tenth !== spokenTenth) {
      spokenTenth = tenth;
      const done = number(cart.files.staged) + ' of ' + files(cart.files.total) + ' are here.';
      text(at('spoken'), at('heading').textContent + '. ' + done);
    }
  }

  function show(cart) {
    if (!isInWork(cart.state)) {
      leave();
      return;
    }
    text(at('heading'), at('heading').dataset[cart.state]);
    text(at('sentence'), at('sentence').dataset[cart.state]);
    const known = cart.bytes.total > 0;
    const bar = at('bar');
    bar.max = known ? cart.bytes.total : cart.files.total;
    bar.value = known ? cart.bytes.staged : cart.files.staged;
    text(at('files-done'), number(cart.files.staged));
    text(at('bytes-done'), size(cart.bytes.staged));
    text(at('bytes-all'), cart.bytes.total === undefined ? '' : ' of ' + size(cart.bytes.total));
    at('tape').hidden = at('tape-note').hidden = cart.files.tape === 0;
    text(at('tape-count'), files(cart.files.tape));
    at('end').hidden = !cart.expectedEnd;
    if (cart.expectedEnd) {
      at('end-text').replaceChildren(time(cart.expectedEnd.earliest), ' to ', time(cart.expectedEnd.latest));
    }
    at('message').hidden = !cart.message;
    text(at('message').firstElementChild, cart.message || '');
    speak(cart, bar.max > 0 ? bar.value / bar.max : 0);
    of.state = cart.state;
    showFiles(cart);
  }

  /** The page in its other form; it begins the download. */
  function leave() {
    stop();
    location.replace(of.page);
  }

  let filesShown = 0;
  let filesSeen = -1;

  /** Brings the list up to date, now and then, if a file has come since. */
  async function showFiles(cart) {
    const first = document.querySelector('[data-file]');
    const now = Date.now();
    const changed = cart.files.staged !== filesSeen;
    if (!first || !changed || document.hidden || now - filesShown < FILES_EVERY) {
      return;
    }
    filesShown = now;
    filesSeen = cart.files.staged;
    const shown = new Map();
    let lowest = Infinity;
    for (const item of document.querySelectorAll('[data-file]')) {
      shown.set(item.dataset.file, item);
      lowest = Math.min(lowest, Number(item.dataset.file));
    }
    const query = (of.files.includes('?') ? '&' : '?') + 'number=' + of.number + '&after=' + (lowest - 1) + '&limit=' + MOST_FILES;
    try {
      const answer = await fetch(of.files + query);
      const page = answer.ok ? await answer.json() : {files: []};
      for (const file of page.files) {
        const item = shown.get(String(file.number));
        if (item) {
          showFile(item, file);
        }
      }
    } catch (e) {
      // The next change tries again.
    }
  }

  function showFile(item, file) {
    const words = {waiting: 'waiting', staging: file.tape ? 'on tape' : 'on its way', staged: 'here', error: 'failed'};
    text(item.querySelector('.state'), words[file.state]);
    if (file.size !== undefined) {
      text(item.querySelector('.size'), size(file.size));
    }
    const name = item.querySelector('.name');
    if (file.state === 'staged' && file.link && !name.querySelector('a')) {
      const link = document.createElement('a');
      link.href = file.link;
      link.download = '';
      link.append(...name.childNodes);
      name.append(link);
    }
  }

  // How the page hears of changes: by events, or else by asking now and then.

  let source;
  let timer;

  function listen() {
    source = new EventSource(of.events);
    source.onmessage = (event) => show(JSON.parse(event.data));
    source.onerror = () => {
      // While it is not closed the browser connects again by itself.
      if (source.readyState === EventSource.CLOSED) {
        ask(5000);
      }
    };
  }

  function ask(pause) {
    const soon = pause * (1 + Math.random() / 4);
    // An answer that cannot be shown asks once more.
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        const answer = await fetch(of.self);
        if (answer.ok) {
          ask(Math.min(pause * 1.5, 60000));
          show(await answer.json());
          return;
        }
        if (answer.status === 410 || answer.status === 404) {
          leave();
          return;
        }
      } catch (e) {
        // The network is away.
      }
      ask(Math.min(pause * 2, 60000));
    }, soon);
  }

  function stop() {
    clearTimeout(timer);
    if (source) {
      source.close();
    }
  }

  function copies() {
    if (!navigator.clipboard) {
      return;
    }
    for (const command of document.querySelectorAll('.command')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'Copy';
      button.addEventListener('click', async () => {
        try {
          await navigator.clipboard.writeText(command.querySelector('code').textContent);
          button.textContent = 'Copied';
          text(at('spoken'), 'Copied');
        } catch (e) {
          button.textContent = 'Not allowed';
        }
      });
      command.append(button);
    }
  }

  document.querySelectorAll('time').forEach(localTime);
  copies();
  if (isInWork(of.state)) {
    at('promise').hidden = false;
    remember();
    listen();
  } else if (of.state === 'ready' && recall()) {
    at('begun').hidden = false;
    text(at('spoken'), at('begun').textContent);
    at('download').click();
  } else if (of.state === 'away') {
    setTimeout(() => location.reload(), 10000 * (1 + Math.random()));
  }
})();
