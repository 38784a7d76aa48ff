// The decisions of a world that bench_peers wrote, by another engine:
//     node decide.mjs casbin|cedar WORLD SECONDS
// Prints nanoseconds per decision. Ends with 1 when an answer is not ours.
//
// casbin: an assignment is a policy (principal, role, scope), groups are its own; the scope above and
//   what a role covers are functions of the matcher. With scopes as domains of its role manager it
//   takes five times as long.
// Cedar: an assignment is a policy. Cedar has no wildcards in names of actions: each action is in the
//   groups of the roles that cover it, worked out beforehand. Policies are parsed once.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [engine, file, seconds] = process.argv.slice(2);
const world = JSON.parse(readFileSync(file, "utf8"));
const require = createRequire(process.env.AZB_PEERS + "/");

// '*' is any run of characters; case does not count.
const patterns = new Map();
function covers(pattern, name) {
    let expression = patterns.get(pattern);
    if (!expression) {
        const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
        expression = new RegExp("^" + parts.join(".*") + "$", "i");
        patterns.set(pattern, expression);
    }
    return expression.test(name);
}

// "/a/b/c" is in "/a/b/c", "/a/b", "/a" and "/".
function levels(scope) {
    const found = [];
    for (let at = scope; at; at = at.slice(0, at.lastIndexOf("/"))) found.push(at);
    return [...found, "/"];
}
const contains = (scope, above) => above === "/" || scope === above || scope.startsWith(above + "/");

async function casbin() {
    const { newEnforcer, newModelFromString } = require("casbin");
    const model = newModelFromString(`
[request_definition]
r = sub, scope, kind, action
[policy_definition]
p = sub, role, scope
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = contains(r.scope, p.scope) && g(r.sub, p.sub) && grants(p.role, r.kind, r.action)
`);
    const roles = new Map(world.roles.map((role) => [role.id, role]));
    const enforcer = await newEnforcer(model);
    await enforcer.addFunction("contains", contains);
    await enforcer.addFunction("grants", (id, kind, action) =>
        (kind === "data" ? roles.get(id).dataActions : roles.get(id).actions).some((p) => covers(p, action)));
    await enforcer.addPolicies(world.assignments.map((one) => [one.principal, one.role, one.scope]));
    await enforcer.addGroupingPolicies(world.groups.map((group) => [world.caller, group]));
    return (question) =>
        enforcer.enforceSync(world.caller, question.scope, question.kind, question.action);
}

async function cedar() {
    const engine = require("@cedar-policy/cedar-wasm/nodejs");
    const entity = (type, id) => ({ type, id });
    const roles = (kind, action) =>
        world.roles
            .filter((role) =>
                (kind === "data" ? role.dataActions : role.actions).some((p) => covers(p, action)))
            .map((role) => entity("Action", role.id));
    const policies = world.assignments.map((one) =>
        `permit(principal in Principal::"${one.principal}", action in Action::"${one.role}", ` +
        `resource in Scope::"${one.scope}");`);
    const parsed = engine.preparsePolicySet("world", { staticPolicies: policies.join("\n") });
    if (parsed.type !== "success") throw new Error(JSON.stringify(parsed));
    const call = (question) => {
        const action = entity("Action", question.kind + ":" + question.action);
        const chain = levels(question.scope);
        return {
            principal: entity("Principal", world.caller),
            action,
            resource: entity("Scope", question.scope),
            context: {},
            preparsedPolicySetId: "world",
            entities: [
                { uid: entity("Principal", world.caller), attrs: {},
                    parents: world.groups.map((group) => entity("Principal", group)) },
                { uid: action, attrs: {}, parents: roles(question.kind, question.action) },
                ...chain.map((scope, i) => ({ uid: entity("Scope", scope), attrs: {},
                    parents: i + 1 < chain.length ? [entity("Scope", chain[i + 1])] : [] })),
            ],
        };
    };
    const calls = new Map(world.questions.map((question) => [question, call(question)]));
    return (question) => {
        const answer = engine.statefulIsAuthorized(calls.get(question));
        if (answer.type !== "success") throw new Error(JSON.stringify(answer));
        return answer.response.decision === "allow";
    };
}

const decide = await { casbin, cedar }[engine]();
for (const question of world.questions) {
    if (decide(question) === question.allowed) continue;
    console.error(`bench: ${engine} answers ${!question.allowed}, we ${question.allowed}: ` +
        JSON.stringify(question));
    process.exit(1);
}
let decisions = 0;
const start = process.hrtime.bigint();
const until = start + BigInt(Math.round(seconds * 1e9));
let now = start;
while (now < until) {
    for (const question of world.questions) decide(question);
    decisions += world.questions.length;
    now = process.hrtime.bigint();
}
console.log(Math.round(Number(now - start) / decisions));
