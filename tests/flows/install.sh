#!/usr/bin/env bash
# What `cmake --install` leaves is usable: pkg-config, CMake package, static and shared; the examples
# are built from it as a user would, each under 60 lines, and run against a service.
. "$(dirname "$0")/flow.sh"
prefix=$work/prefix
ok cmake --install "$AZB_BUILD" --prefix "$prefix"
library=$(dirname "$(find "$prefix" -name libazb.so)")
export PKG_CONFIG_PATH=$library/pkgconfig LD_LIBRARY_PATH=$library
# The library under test may be built with sanitizers; a program that links it needs them too.
flags=$(sed -n 's/^AZB_SANITIZE:STRING=\(..*\)/-fsanitize=\1/p' "$AZB_BUILD/CMakeCache.txt")

for example in list_jobs submit_and_wait own_provider sign_in on_behalf_of; do
    source=$AZB_SOURCE/examples/$example.c
    [ "$(wc -l <"$source")" -lt 60 ] || fail_flow "$example.c is not under 60 lines"
    # shellcheck disable=SC2046
    ok cc -std=c11 -Wall -Wextra -Wpedantic -Werror $flags "$source" \
        $(pkg-config --cflags --libs azb) -o "$work/$example"
    # shellcheck disable=SC2046
    ok cc -std=c11 $flags "$source" $(pkg-config --cflags azb) "$library/libazb.a" \
        -lcrypto -lpthread -ldl -o "$work/$example-static"
done
# shellcheck disable=SC2046
for standard in c++11 c++17; do
    ok c++ -std=$standard -Wall -Wextra -Wpedantic -Werror $flags "$AZB_SOURCE/examples/list_tasks.cpp" \
        $(pkg-config --cflags --libs azb) -o "$work/list_tasks"
done
mkdir "$work/consumer"
cat >"$work/consumer/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(consumer C)
find_package(azb 0.1 REQUIRED)
add_executable(by_shared list_jobs.c)
target_link_libraries(by_shared azb::azb)
add_executable(by_static list_jobs.c)
target_link_libraries(by_static azb::azb_static)
CMAKE
cp "$AZB_SOURCE/examples/list_jobs.c" "$work/consumer/"
ok cmake -S "$work/consumer" -B "$work/consumer/build" -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS="$flags"
ok cmake --build "$work/consumer/build"

# Nothing but azb_ names may leave the libraries.
for names in "$(nm -D --defined-only "$library/libazb.so")" "$(nm -g --defined-only "$library/libazb.a")"; do
    foreign=$(awk 'NF == 3 && $3 !~ /^azb_/ && $3 !~ /^(__(asan|ubsan|odr|start|stop)|_init|_fini)/ {print $3}' <<<"$names")
    [ -n "$flags" ] || same "$foreign" ""
done

# A service that acts for its users, and a program that they sign in with.
service=22222222-2222-4222-8222-222222222222
desktop=33333333-3333-4333-8333-333333333333
cat >"$work/config.json" <<JSON
{"applications": [
    {"displayName": "service", "appId": "$service", "secrets": [{"value": "only-for-this-test"}],
     "identifierUris": ["api://service"], "scopes": [{"value": "Jobs.Read", "displayName": "Read"}],
     "permissions": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}],
     "consents": [{"resource": "Microsoft Azure Batch", "scopes": ["user_impersonation"]}]},
    {"displayName": "desktop", "appId": "$desktop", "publicClient": true,
     "redirectUris": ["http://localhost"],
     "permissions": [{"resource": "service", "scopes": ["Jobs.Read"]}]}]}
JSON
start_azbd "$work/state" --config "$work/config.json"
as_admin
ok azb pool create --id p --vm-size standard_d2s_v3 --image debian:debian-12:12 \
    --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 1
ok azb job create --id listed --pool-id p
for program in "$work/list_jobs" "$work/list_jobs-static" "$work/consumer/build/by_shared" \
    "$work/consumer/build/by_static"; do
    ok "$program" "$AZURE_TENANT_ID" "$AZURE_CLIENT_ID" "$AZURE_BATCH_ENDPOINT"
    same "$out" "listed	active"
done
ok "$work/submit_and_wait" "$AZURE_BATCH_ENDPOINT" p waited
same "$out" "hello from a task"
ok "$work/list_tasks" "$AZURE_BATCH_ENDPOINT" waited
same "$out" "hello	completed
host	completed"
refused 1 "specified job" "$work/list_tasks" "$AZURE_BATCH_ENDPOINT" JOB-not-there
azb token >"$work/token"
ok "$work/own_provider" "$work/token" "$AZURE_BATCH_ENDPOINT" p
same "$out" "p has 1 nodes"
AZURE_CLIENT_SECRET=wrong refused + AADSTS7000215 \
    "$work/list_jobs" "$AZURE_TENANT_ID" "$AZURE_CLIENT_ID" "$AZURE_BATCH_ENDPOINT"
refused + /no/such/file "$work/own_provider" /no/such/file "$AZURE_BATCH_ENDPOINT" p

# A person signs in once, in the browser or by a code; then the tokens on disk do. And a service that
# was given the person's token goes on as that person.
person=$AZB_SOURCE/tests/interop/person.py
printf '#!/bin/sh\nexec %s "$1" >%s 2>&1\n' "$person" "$work/person.out" >"$work/browser"
chmod +x "$work/browser"
sign_in() { # CACHE [VARIABLE=VALUE...]
    local cache=$1
    shift
    env -u SSH_CONNECTION SIGN_IN_CACHE="$cache" DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere "$@" \
        timeout 60 "$work/sign_in" "$AZURE_TENANT_ID" "$AZURE_CLIENT_ID" "$AZURE_BATCH_ENDPOINT"
}
ok sign_in "$work/cache/tokens.json" BROWSER="$work/browser"
has "$out" listed
ok sign_in "$work/cache/tokens.json" BROWSER=/bin/false
has "$out" listed
sign_in "$work/other/tokens.json" SSH_CONNECTION=there >"$work/listed" 2>"$work/told" &
by_code=$!
wait_for 20 grep -q "enter the code" "$work/told"
ok "$person" --device "$(grep -o 'https://[^ ]*' "$work/told")" \
    "$(sed -n 's/.*code \([A-Z0-9]*\).*/\1/p' "$work/told")"
wait "$by_code"
has "$(cat "$work/listed")" listed

ok env BROWSER="$work/browser" timeout 60 azb login --client-id "$desktop" --tokens-in file \
    --scope api://service/Jobs.Read --name desktop
azb token --as desktop --scope api://service/Jobs.Read >"$work/users-token"
on_behalf_of() {
    "$work/on_behalf_of" "$AZURE_TENANT_ID" "$service" "$AZURE_BATCH_ENDPOINT" <"$1"
}
AZURE_CLIENT_SECRET=only-for-this-test ok on_behalf_of "$work/users-token"
same "$out" "the user has 2 jobs on the first page"
AZURE_CLIENT_SECRET=wrong refused 1 AADSTS7000215 on_behalf_of "$work/users-token"
AZURE_CLIENT_SECRET=only-for-this-test refused 1 AADSTS on_behalf_of "$work/token"
