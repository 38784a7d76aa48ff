// Every page of azbd as a person meets it, in a real Chromium: by keyboard, without JavaScript,
// light and dark and on a phone; axe finds no violation; nothing leaves the host.
'use strict';
const assert = require('assert');
const { mkdirSync, readFileSync } = require('fs');
const http = require('http');
const path = require('path');
const { withBrowser } = require('./browser.js');

const env = process.env;
const host = env.AZURE_AUTHORITY_HOST.replace(/\/$/, '');
const authority = `${host}/${env.AZURE_TENANT_ID}`;
const axe = readFileSync(path.join(env.INTEROP_NODE_MODULES, 'axe-core', 'axe.min.js'), 'utf8');
const ANN = `ann@${env.TEST_DOMAIN}`, BOB = `bob@${env.TEST_DOMAIN}`, BOSS = `boss@${env.TEST_DOMAIN}`;
const LOCKED = `carl@${env.TEST_DOMAIN}`, PASSWORD = env.TEST_PASSWORD;
const BATCH = 'https://batch.core.windows.net//user_impersonation';
const DESKTOP = { width: 1000, height: 800 }, PHONE = { width: 360, height: 740 };

// ---- The application that people sign in to ------------------------------------------------------

let answers = []; // what came to the redirect URI
const application = http.createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => { body += piece; });
    request.on('end', () => {
        const url = new URL(request.url, 'http://localhost');
        if (url.pathname === '/back')
            answers.push({ method: request.method, values: new URLSearchParams(body || url.search.slice(1)),
                referer: request.headers.referer });
        response.setHeader('Content-Type', 'text/html');
        response.end('<!DOCTYPE html><title>application</title><p>application');
    });
});

function back() {
    return `http://localhost:${application.address().port}/back`;
}

function authorizeUrl(more = {}) {
    const url = new URL(`${authority}/oauth2/v2.0/authorize`);
    const parameters = { client_id: env.TEST_APP, response_type: 'code', redirect_uri: back(), state: 'a b&c',
        response_mode: 'form_post', scope: `openid offline_access ${BATCH}`, ...more };
    for (const [name, value] of Object.entries(parameters))
        url.searchParams.set(name, value);
    return url.href;
}

// The answer that the application got last; there must be one.
async function answered(page) {
    await page.waitForURL((url) => url.href.startsWith(back()));
    assert.strictEqual(answers.length, 1, 'the application was answered once');
    const answer = answers[0];
    answers = [];
    assert.strictEqual(answer.referer, undefined, 'no address of ours goes along');
    assert.strictEqual(answer.values.get('state'), 'a b&c');
    assert.strictEqual(answer.values.get('iss'), `${authority}/v2.0`);
    return answer;
}

// ---- What every page must be ---------------------------------------------------------------------

const shots = env.TEST_SHOTS;
const seen = new Set();

async function shoot(page, name, kind) {
    if (!shots)
        return;
    mkdirSync(shots, { recursive: true });
    await page.screenshot({ path: path.join(shots, `${name}-${kind}.png`), fullPage: true });
}

async function violations(page) {
    await page.evaluate(axe); // by the debugger: the page's policy would run no script
    const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`);
}

// Nothing may be wider than the window.
async function fits(page, name) {
    const [wide, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert(wide <= window, `${name} is ${wide} wide in ${window}`);
}

// The page is called so, says whose it is, is accessible in both schemes, and fits on a phone.
async function check(page, name, heading) {
    assert.strictEqual(await page.locator('h1').innerText(), heading);
    assert.match(await page.title(), / - azbd$/);
    assert.match(await page.locator('footer').innerText(), /It is not Microsoft/);
    for (const [kind, colorScheme, size] of [['light', 'light', DESKTOP], ['dark', 'dark', DESKTOP],
        ['phone', 'light', PHONE]]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        if (size === DESKTOP)
            assert.deepStrictEqual(await violations(page), [], `${name}, ${kind}`);
        await fits(page, name);
        await shoot(page, name, kind);
    }
    await page.setViewportSize(DESKTOP);
    seen.add(name);
}

// ---- Hands ---------------------------------------------------------------------------------------

async function focused(page) {
    return page.evaluate(() => {
        const at = document.activeElement;
        return { name: at.name, text: at.innerText, outline: getComputedStyle(at).outlineStyle };
    });
}

// Tab until something with this text has the focus, which must be seen.
async function tabTo(page, text) {
    for (let i = 0; i < 12; i++) {
        await page.keyboard.press('Tab');
        const at = await focused(page);
        if (at.text && at.text.startsWith(text)) {
            assert.notStrictEqual(at.outline, 'none', `${text}: the focus is visible`);
            return;
        }
    }
    assert.fail(`no way to '${text}' by Tab`);
}

async function typePassword(page, user, password) {
    assert.strictEqual((await focused(page)).name, 'login', 'the first field has the focus');
    await page.keyboard.press('Control+A');
    await page.keyboard.type(user);
    await page.keyboard.press('Tab');
    assert.strictEqual((await focused(page)).name, 'passwd');
    await page.keyboard.type(password);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

async function fillPassword(page, user, password) {
    await page.getByLabel('User name').fill(user);
    await page.getByLabel('Password').fill(password);
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Sign in' }).click()]);
}

async function press(page, name) {
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name }).click()]);
}

async function fresh(run, options = {}) {
    await withBrowser({ viewport: DESKTOP, ...options }, async (context) => {
        const page = context.pages()[0] || await context.newPage();
        const problems = [];
        page.on('console', (message) => {
            if (message.type() === 'error' && /Content Security|Refused/.test(message.text()))
                problems.push(message.text());
        });
        await run(page, context);
        assert.deepStrictEqual(problems, [], 'the page obeys its own policy');
    });
}

// ---- Stories -------------------------------------------------------------------------------------

async function byKeyboard(page, context) {
    await page.goto(authorizeUrl());
    await check(page, 'sign-in', 'Sign in');
    await typePassword(page, ANN, 'not the password');
    await check(page, 'sign-in-wrong', 'Sign in');
    const alert = page.getByRole('alert');
    assert.match(await alert.innerText(), /AADSTS50126/);
    assert.strictEqual(await page.getByLabel('Password').getAttribute('aria-describedby'),
        await alert.getAttribute('id'));
    // The name is there, the password has the focus.
    assert.strictEqual((await focused(page)).name, 'passwd');
    await page.keyboard.type(PASSWORD);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await check(page, 'consent', 'Permissions requested');
    const text = await page.locator('main').innerText();
    for (const word of ['a program', env.TEST_APP, 'Access Azure Batch Service', 'user_impersonation', ANN])
        assert(text.includes(word), `the consent page says ${word}`);
    await tabTo(page, 'Cancel');
    await page.keyboard.press('Enter');
    assert.strictEqual((await answered(page)).values.get('error'), 'access_denied');

    await page.goto(authorizeUrl());
    await tabTo(page, 'Accept');
    await page.keyboard.press('Enter');
    const answer = await answered(page);
    assert.strictEqual(answer.method, 'POST');
    assert(answer.values.get('code'));
    const cookies = await context.cookies(host);
    assert.deepStrictEqual(cookies.map((c) => [c.name.startsWith('__Host-azbd-'), c.secure, c.httpOnly, c.sameSite]),
        [[true, true, true, 'Lax']]);
    // Signed in and consented: nothing is asked.
    await page.goto(authorizeUrl({ prompt: 'none', response_mode: 'query' }));
    assert((await answered(page)).values.get('code'));
}

async function accounts(page) {
    await page.goto(authorizeUrl());
    await fillPassword(page, ANN, PASSWORD);
    await answered(page);
    await page.goto(authorizeUrl({ prompt: 'select_account' }));
    await tabTo(page, 'Use another account');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await typePassword(page, BOB, PASSWORD);
    await press(page, 'Accept');
    await answered(page);
    await page.goto(authorizeUrl());
    await check(page, 'accounts', 'Pick an account');
    await page.getByRole('button', { name: ANN }).click();
    assert((await answered(page)).values.get('code'));
    await page.goto(authorizeUrl({ login_hint: BOB }));
    assert((await answered(page)).values.get('code'));
    await page.goto(`${authority}/oauth2/v2.0/logout`);
    await check(page, 'signed-out', 'You have signed out');
    await page.goto(authorizeUrl());
    assert.strictEqual(await page.locator('h1').innerText(), 'Sign in');
}

async function locked(page) {
    await page.goto(authorizeUrl());
    for (let i = 0; i < 10; i++)
        await fillPassword(page, LOCKED, 'wrong again');
    await fillPassword(page, LOCKED, PASSWORD);
    await check(page, 'sign-in-locked', 'Sign in');
    assert.match(await page.getByRole('alert').innerText(), /AADSTS50053/);
    await fillPassword(page, `nobody@${env.TEST_DOMAIN}`, PASSWORD);
    assert.match(await page.getByRole('alert').innerText(), /AADSTS50034/);
}

async function administrators(page) {
    const url = new URL(`${authority}/v2.0/adminconsent`);
    url.search = new URLSearchParams({ client_id: env.TEST_APP, scope: BATCH }).toString();
    await page.goto(url.href);
    await fillPassword(page, BOB, PASSWORD);
    await check(page, 'administrator-needed', 'An administrator must approve');
    await press(page, 'Sign in with another account');
    await fillPassword(page, BOSS, PASSWORD);
    await check(page, 'consent-for-all', 'Permissions requested');
    await press(page, 'Accept');
    await check(page, 'granted', 'Permissions granted');
    // The administrator may consent for all in an ordinary visit, too.
    await page.goto(authorizeUrl({ login_hint: BOSS, scope: 'User.Read' }));
    await check(page, 'consent-administrator', 'Permissions requested');
    await page.getByLabel('Consent on behalf of your organization').check();
    await page.getByRole('button', { name: 'Accept' }).click();
    assert((await answered(page)).values.get('code'));
}

async function deviceCode() {
    const answer = await fetch(`${authority}/oauth2/v2.0/devicecode`, { method: 'POST',
        body: new URLSearchParams({ client_id: env.TEST_APP, scope: BATCH }) });
    return answer.json();
}

async function poll(code) {
    const answer = await fetch(`${authority}/oauth2/v2.0/token`, { method: 'POST',
        body: new URLSearchParams({ client_id: env.TEST_APP, device_code: code.device_code,
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code' }) });
    return answer.json();
}

async function devices(page) {
    const code = await deviceCode();
    await page.goto(`${host}/devicelogin`);
    await check(page, 'device-code', 'Enter code');
    await page.keyboard.type('NOSUCHONE');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await check(page, 'device-code-wrong', 'Enter code');
    await page.getByLabel('Code').fill(code.user_code.toLowerCase());
    await press(page, 'Next');
    await typePassword(page, ANN, PASSWORD);
    await check(page, 'device-confirm', 'Are you trying to sign in to a program?');
    assert.strictEqual((await poll(code)).error, 'authorization_pending');
    await tabTo(page, 'Continue');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await check(page, 'device-done', 'You are signed in');
    assert((await poll(code)).access_token);

    const another = await deviceCode();
    await page.goto(another.verification_uri);
    await page.getByLabel('Code').fill(another.user_code);
    await press(page, 'Next');
    await page.getByRole('button', { name: ANN }).click();
    await press(page, 'Cancel');
    await check(page, 'device-declined', 'You declined');
    assert.strictEqual((await poll(another)).error, 'authorization_declined');
}

async function errors(page) {
    const answer = await page.goto(authorizeUrl({ redirect_uri: 'https://evil.example/' }));
    assert.strictEqual(answer.status(), 400);
    await check(page, 'error', 'Sorry, that did not work');
    const text = await page.locator('main').innerText();
    for (const word of ['AADSTS50011', 'Trace ID', 'Correlation ID', 'Timestamp'])
        assert(text.includes(word), word);
    await page.goto(authorizeUrl({ client_id: '11111111-2222-4333-8444-555555555555' }));
    assert.match(await page.locator('main').innerText(), /AADSTS700016/);
    await page.goto(`${host}/common/error?code=50011`);
    await check(page, 'error-explained', 'AADSTS50011');
}

async function withoutScripts(page) {
    await page.goto(authorizeUrl());
    await fillPassword(page, ANN, PASSWORD);
    assert.strictEqual(await page.locator('h1').innerText(), 'Back to a program');
    await shoot(page, 'form-post-without-scripts', 'light');
    await page.getByRole('button', { name: 'Continue' }).click();
    assert((await answered(page)).values.get('code'));
}

// No page of another origin gets ours into a frame.
async function framed(page) {
    const frame = http.createServer((request, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end(`<!DOCTYPE html><title>frame</title><iframe src="${authorizeUrl().replace(/&/g, '&amp;')}"></iframe>`);
    });
    await new Promise((done) => { frame.listen(0, '127.0.0.1', done); });
    await page.goto(`http://localhost:${frame.address().port}/`);
    const inner = page.frames()[1];
    assert(!inner || await inner.locator('input').count() === 0, 'the sign-in page is not in the frame');
    frame.closeAllConnections(); // Chromium keeps one open that it has no use for
    await new Promise((done) => { frame.close(done); });
}

(async () => {
    await new Promise((done) => { application.listen(0, 'localhost', done); });
    const stories = { byKeyboard, accounts, locked, administrators, devices, errors };
    for (const [name, story] of Object.entries(stories)) {
        await fresh(story);
        console.log(`browser: ${name}`);
    }
    await fresh(withoutScripts, { javaScriptEnabled: false });
    await withBrowser({}, async (context) => framed(context.pages()[0]));
    assert.strictEqual(seen.size, 17, `pages seen: ${[...seen].join(', ')}`);
    application.closeAllConnections();
    application.close();
    console.log('browser: done');
})().catch((error) => {
    console.error(error);
    process.exit(1);
});
