// Debian's Chromium for the tests of the pages: a fresh profile that trusts azbd's CA and nothing
// else of the machine, and a watch over every request that it makes.
'use strict';
const { execFileSync } = require('child_process');
const { mkdirSync, mkdtempSync, rmSync } = require('fs');
const { tmpdir } = require('os');
const path = require('path');

const modules = process.env.INTEROP_NODE_MODULES;
const { chromium } = require(path.join(modules, 'playwright-core'));

const switches = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--disable-features=HttpsUpgrades,OptimizationHints,MediaRouter', '--no-default-browser-check'];

// NSS keeps the roots that Chromium believes besides its own in $HOME/.pki/nssdb.
function trust(home) {
    const database = path.join(home, '.pki', 'nssdb');
    mkdirSync(database, { recursive: true, mode: 0o700 });
    execFileSync('certutil', ['-d', `sql:${database}`, '-N', '--empty-password']);
    execFileSync('certutil', ['-d', `sql:${database}`, '-A', '-t', 'C,,', '-n', 'azbd',
        '-i', process.env.AZB_CA_FILE]);
}

// A browser that nobody has used: `run` gets its context; options are Playwright's.
async function withBrowser(options, run) {
    const home = mkdtempSync(path.join(tmpdir(), 'azb-browser-'));
    let context;
    try {
        trust(home);
        context = await chromium.launchPersistentContext(path.join(home, 'profile'), {
            executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
            args: switches,
            env: { ...process.env, HOME: home, HTTPS_PROXY: '', HTTP_PROXY: '', https_proxy: '', http_proxy: '' },
            ...options,
        });
        context.setDefaultTimeout(120000); // slow machines are no failure
        context.setDefaultNavigationTimeout(120000);
        const left = [];
        context.on('request', (request) => {
            const url = new URL(request.url());
            if (!['localhost', '127.0.0.1'].includes(url.hostname) && url.protocol !== 'data:')
                left.push(request.url());
        });
        await run(context);
        if (left.length)
            throw new Error(`requests left the host: ${left.join(', ')}`);
    } finally {
        if (context)
            await context.close();
        rmSync(home, { recursive: true, force: true });
    }
}

module.exports = { withBrowser };
