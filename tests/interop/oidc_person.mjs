// The person and the browser in one, with nothing but fetch: follows redirects with cookies, submits
// the forms that it meets. What leads to a loopback redirect URI is posted there; where a web
// application's redirect URI is reached, "CODE STATE" is printed.
//   node oidc_person.mjs URL [USER-CODE]
const [start, userCode] = process.argv.slice(2);
const cookies = new Map();

function isLoopback(url) {
  return url.protocol === 'http:' && url.hostname === 'localhost';
}

async function ask(url, form) {
  const response = await fetch(url, {
    method: form ? 'POST' : 'GET',
    body: form,
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [pair] = cookie.split(';');
    const at = pair.indexOf('=');
    cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return response;
}

function attribute(tag, name) {
  const found = tag.match(new RegExp(`${name}="([^"]*)"`));
  return found?.[1].replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
}

// The page's form with what is in it, and what the person adds.
function readForm(page, url) {
  const form = page.match(/<form[^>]*>[\s\S]*?<\/form>/)?.[0];
  if (!form) return undefined;
  const fields = new URLSearchParams();
  for (const input of form.match(/<input[^>]*>/g) ?? [])
    if (attribute(input, 'name')) fields.set(attribute(input, 'name'), attribute(input, 'value') ?? '');
  if (fields.has('user_code') && !fields.get('user_code')) fields.set('user_code', userCode);
  return { url: new URL(attribute(form, 'action') ?? url, url), fields };
}

let url = new URL(start);
let form;
for (let steps = 0; steps < 20; steps++) {
  const response = await ask(url, form);
  const page = await response.text();
  const location = response.headers.get('location');
  if (isLoopback(url)) {
    if (!page.includes('You are signed in')) throw new Error(page);
    process.exit(0);
  }
  if (location) {
    url = new URL(location, url);
    form = undefined;
    if (url.hostname === 'app.example') {
      console.log(url.searchParams.get('code'), url.searchParams.get('state'));
      process.exit(0);
    }
    continue;
  }
  const next = readForm(page, url);
  if (response.status >= 400) throw new Error(`${url}: ${response.status} ${page}`);
  if (!next) {
    if (userCode && response.status === 200) process.exit(0); // "you may close this page"
    throw new Error(`${url}: no form in ${page}`);
  }
  ({ url, fields: form } = next);
}
throw new Error('too many steps');
