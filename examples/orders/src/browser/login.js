'use strict';
const $ = id => document.getElementById(id);
const say = text => { $('state').textContent = text; };

async function logIn(token) {
  const login = await fetch('/browser/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  if (!login.ok) {
    const problem = await login.json().catch(() => ({}));
    return problem.detail ?? `the login failed (${login.status})`;
  }
  // Whether the token is good is the decision of the gate, as for each request.
  const me = await fetch('/me', { cache: 'no-store' });
  if (me.ok) {
    location.replace('/browser');
    return 'logged in';
  }
  return me.status === 401 ? 'this token is not accepted' : `the service cannot verify the token now (${me.status})`;
}

$('form').addEventListener('submit', async event => {
  event.preventDefault();
  const token = $('token').value.trim();
  $('token').value = '';
  say('…');
  try { say(await logIn(token)); } catch { say('the service does not answer'); }
});

if (!isSecureContext) say('this page needs HTTPS, or localhost: the browser drops its cookie here');
