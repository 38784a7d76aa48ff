#!/usr/bin/env bash
# A client that is held open while the service's clock moves 30 days: tokens expire that it still
# takes for fresh, signing keys are rotated and the old ones retired, its secret is renewed and the
# old one ends, requests fail on the way, claims are asked for. Its caller sees no error that a new
# token could have avoided; and does see what none could.
. "$(dirname "$0")/flow.sh"
start_azbd "$work/state" --test-controls
as_admin
ok azb app create --display-name long-lived
id=$(jq -r .appId <<<"$out") object=$(jq -r .id <<<"$out")
ok azb role assignment create --assignee "$id" --role Reader
secret_until() { # WHEN: makes a secret that ends then; sets secret and key
    ok azb rest POST "/v1.0/applications/$object/addPassword" \
        --body "{\"passwordCredential\":{\"endDateTime\":\"$1\"}}"
    secret=$(jq -r .secretText <<<"$out") key=$(jq -r .keyId <<<"$out")
}
in_days() { date -u -d "@$(($(date +%s) + $1 * 86400))" +%Y-%m-%dT%H:%M:%SZ; }
renew_file() {
    printf '%s\n' "$secret" >"$work/secret.new"
    mv "$work/secret.new" "$work/secret"
}
secret_until "$(in_days 12)"
renew_file

coproc client { AZURE_CLIENT_ID=$id exec "$AZB_BUILD/tests/long_lived" "$work/secret" 2>"$work/client.err"; }
calls() { # COUNT: the answer is in $said
    echo "$1" >&"${client[1]}"
    read -r -t 60 said <&"${client[0]}" || fail_flow "the client said nothing
$(cat "$work/client.err")"
}
fine() { # COUNT [WHEN]
    calls "$1"
    [ "$said" = ok ] || fail_flow "${2:-}: the caller saw: $said"
}
fine 3 "the first token"
ok azb control keys list
key_before=$(jq -r '.[0].kid' <<<"$out")

for day in $(seq 1 30); do
    ok azb control clock --move P1D
    fine 1 "day $day: an expired token"
    if [ $((day % 5)) -eq 0 ]; then
        # The new key signs; the old one is retired while a token of it is in use.
        ok azb control keys rotate
        new_key=$(jq -r '.[0].kid' <<<"$out")
        fine 1 "day $day: keys rotated"
        ok azb control keys retire --kid="$key_before"
        key_before=$new_key
        fine 2 "day $day: the key retired"
    fi
    if [ "$day" -eq 9 ]; then # two secrets are good at once
        secret_until "$(in_days 40)"
        renew_file
    fi
    if [ $((day % 7)) -eq 0 ]; then
        ok azb control failures add --plane batch --failure 503 --count 1
        ok azb control failures add --plane entra --failure 503 --count 1 --path "/$AZURE_TENANT_ID/oauth2"
        ok azb control clock --move PT2H
        fine 1 "day $day: Batch and Entra failed once"
        ok azb control failures add --plane batch --failure 429 --count 1 --retry-after 'PT1S'
        fine 1 "day $day: Batch was busy"
        ok azb control failures add --plane batch --failure reset --count 1
        fine 1 "day $day: a connection was cut"
        # Each was met.
        same "$(azb control failures list -o json | jq -c '[.[].failed] | unique')" "[1]"
        ok azb control failures clear
    fi
    if [ "$day" -eq 20 ]; then
        ok azb control challenges add --client-id "$id"
        fine 3 "day $day: a claims challenge"
        same "$(azb control challenges list -o json | jq '.[0].refused')" 1
        ok azb control challenges clear
    fi
done
[ "$(azb control clock -o json | jq .movedSeconds)" -ge 2592000 ] || fail_flow "not 30 days"

# What no token mends reaches the caller, once, in Entra's words.
ok azb rest POST "/v1.0/applications/$object/removePassword" --body "{\"keyId\":\"$key\"}"
ok azb control clock --move P1D
calls 1
has "$said" AADSTS7000215
secret_until "$(in_days 90)"
renew_file
fine 1 "the secret is back"
ok azb control challenges add --client-id "$id" --claims '{"access_token":{"deviceid":{"essential":true}}}'
calls 1
has "$said" AuthenticationFailed
same "$(azb control challenges list -o json | jq '.[0].refused')" 2
ok azb control challenges clear
fine 1 "the challenge is over"
exec {client[1]}>&-
wait "$client_PID"
[ ! -s "$work/client.err" ] || fail_flow "$(cat "$work/client.err")"

# Only the service's clock moves; the client, whose own is a month behind by now, signs by it.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/crt.pem" \
    -subj /CN=long-lived -days 120 2>"$work/openssl.log"
cat "$work/key.pem" "$work/crt.pem" >"$work/both.pem"
ok azb app certificate add --id "$id" --certificate "$work/crt.pem"
coproc client { AZURE_CLIENT_ID=$id exec "$AZB_BUILD/tests/long_lived" --certificate "$work/both.pem" 2>"$work/client.err"; }
fine 2 "by certificate: the first token"
for day in 10 20 30; do
    ok azb control clock --move P10D
    fine 2 "by certificate, day $day"
done
exec {client[1]}>&-
wait "$client_PID"
[ ! -s "$work/client.err" ] || fail_flow "$(cat "$work/client.err")"
