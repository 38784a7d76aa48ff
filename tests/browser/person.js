// The person at the keyboard in a real browser: signs in at a URL that a client hands out, allows
// what is asked for, and waits until the client's own page is there. For BROWSER and openBrowser.
//
//     node person.js URL        as AZB_USERNAME with AZB_PASSWORD
'use strict';
const { withBrowser } = require('./browser.js');

const STEPS_MAX = 8;

// One page of azbd's; false when it is none.
async function answer(page) {
    if (!page.url().startsWith(process.env.AZURE_AUTHORITY_HOST.replace(/\/$/, '')))
        return false;
    if (await page.getByLabel('Password').count()) {
        await page.getByLabel('User name').fill(process.env.AZB_USERNAME);
        await page.getByLabel('Password').fill(process.env.AZB_PASSWORD);
        await page.getByRole('button', { name: 'Sign in' }).click();
    } else if (await page.getByRole('button', { name: 'Accept' }).count()) {
        await page.getByRole('button', { name: 'Accept' }).click();
    } else {
        throw new Error(`an unexpected page: ${await page.innerText('main')}`);
    }
    return true;
}

async function visit(url) {
    await withBrowser({}, async (context) => {
        const page = context.pages()[0] || await context.newPage();
        await page.goto(url);
        for (let i = 0; i < STEPS_MAX && await answer(page); i++)
            await page.waitForLoadState('load');
        await page.waitForURL((at) => at.protocol === 'http:');
    });
}

module.exports = { visit };
if (require.main === module)
    visit(process.argv[2]).catch((error) => {
        console.error(error);
        process.exit(1);
    });
