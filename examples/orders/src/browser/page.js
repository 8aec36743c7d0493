'use strict';
const $ = id => document.getElementById(id);
const orders = new Map();

function state(text, live) {
  $('state').textContent = text;
  $('state').className = live ? 'live' : 'problem';
}

// All data is text of a cell. The policy of the page forbids to make elements from text.
function row({ id, item, placed_by, cents, refunded }) {
  const row = document.createElement('tr');
  const price = (cents / 100).toFixed(2) + (refunded ? ' refunded' : '');
  for (const text of [id, item, placed_by.subject, price]) row.insertCell().textContent = text;
  row.cells[3].className = 'number';
  return row;
}

function show() {
  const newestFirst = [...orders.values()].sort((one, other) => other.id - one.id);
  $('orders').replaceChildren(...newestFirst.map(row));
  $('none').hidden = orders.size > 0;
  $('data').hidden = false;
}

// Without a good cookie the page shows no data.
function hide(text) {
  feed.close();
  orders.clear();
  $('orders').replaceChildren();
  $('data').hidden = true;
  $('caller').textContent = '';
  $('again').hidden = false;
  state(text, false);
}

async function get(path) {
  const response = await fetch(path, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

// The browser sends the cookie with it.
const feed = new EventSource('/orders/feed');

feed.addEventListener('message', event => {
  const order = JSON.parse(event.data);
  orders.set(order.id, order);
  show();
});

// The list comes after the feed is open, so that no order is missed in between.
feed.addEventListener('open', async () => {
  try {
    const [me, list] = await Promise.all([get('/me'), get('/orders')]);
    for (const order of list) orders.set(order.id, order);
    $('caller').textContent = me.sub;
    $('again').hidden = true;
    show();
    state('live', true);
  } catch (error) { hide(`the list failed: ${error.message}`); }
});

// The browser connects again by itself, until an answer is not a feed.
feed.addEventListener('error', () => {
  if (feed.readyState === EventSource.CLOSED) hide('the feed has ended');
  else state('connecting', false);
});

$('logout').addEventListener('click', async () => {
  try {
    const answer = await fetch('/browser/logout', { method: 'POST' });
    // 401: the token has ended before.
    if (answer.ok || answer.status === 401) {
      feed.close();
      location.replace('/browser/login');
    } else state(`logging out failed (${answer.status}): the token may still be valid`, false);
  } catch { state('the service does not answer', false); }
});
