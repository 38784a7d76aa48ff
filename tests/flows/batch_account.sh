#!/usr/bin/env bash
# Batch accounts of Resource Manager: made, used at once, changed and deleted with all that is in them;
# applications and their packages; what happens when azbd is killed in the midst.
. "$(dirname "$0")/flow.sh"
start_azbd "$work/state" --test-controls
as_admin

GROUP=/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/azb/providers/Microsoft.Batch/batchAccounts
PROVIDER=/subscriptions/$AZURE_SUBSCRIPTION_ID/providers/Microsoft.Batch
VERSION=api-version=2025-06-01
arm() { # METHOD PATH [BODY]
    azb rest "$1" "$2?$VERSION" ${3:+--body "$3"}
}
# Where an operation is asked about, out of the headers of the reply that began it.
begin() { # METHOD PATH [BODY]: sets location and status_url
    local token headers
    token=$(azb token --scope https://management.azure.com/.default)
    headers=$(curl -sS --cacert "$AZB_CA_FILE" -o "$work/begun" -D - -X "$1" "$URL$2?$VERSION" \
        -H "Authorization: Bearer $token" -H "Content-Type: application/json" ${3:+--data "$3"})
    headers=${headers//$'\r'/}
    has "$headers" "HTTP/1.1 202"
    has "$headers" "Retry-After: "
    location=$(sed -n 's/^Location: https:\/\/[^/]*//p' <<<"$headers")
    status_url=$(sed -n 's/^Azure-AsyncOperation: https:\/\/[^/]*//p' <<<"$headers")
}
status_is() { # WORD
    [ "$(azb rest GET "$status_url" | jq -r .status)" = "$1" ]
}
endpoint() { arm GET "$GROUP/$1" | jq -r .properties.accountEndpoint; }
create() { # NAME
    begin PUT "$GROUP/$1" '{"location":"West Europe"}'
    wait_for 20 status_is Succeeded
}

# Names are looked at before they are used.
available() { arm POST "$PROVIDER/locations/westeurope/checkNameAvailability" \
    "{\"name\":\"$1\",\"type\":\"Microsoft.Batch/batchAccounts\"}" | jq -r '"\(.nameAvailable) \(.reason)"'; }
same "$(available render)" "true null"
same "$(available Render)" "false Invalid"

# An account is made; it is Creating until its operation is over, and takes no requests.
ok azb control operations --duration PT1H
begin PUT "$GROUP/render" '{"location":"West Europe","tags":{"team":"film"},
    "identity":{"type":"SystemAssigned"},"properties":{"allowedAuthenticationModes":["SharedKey","AAD"]}}'
status_is InProgress || fail_flow "the operation is not in progress"
same "$(arm GET "$GROUP/render" | jq -r .properties.provisioningState)" Creating
AZURE_BATCH_ENDPOINT=https://$(endpoint render) refused + "AccountIsDisabled" azb job list
ok azb control operations --duration PT0S
ok azb control clock --move PT1H
wait_for 20 status_is Succeeded
ok azb control clock --move=-PT1H
ok azb rest GET "$location"
same "$(jq -r '"\(.name) \(.location) \(.tags.team) \(.properties.provisioningState)"' <<<"$out")" \
    "render westeurope film Succeeded"
same "$(jq -r .identity.principalId <<<"$out" | wc -c)" 37
same "$(available render)" "false AlreadyExists"

# It is used at once: by Entra, by its own key, through the proxy by its public name.
export AZURE_BATCH_ENDPOINT
default=$AZURE_BATCH_ENDPOINT
AZURE_BATCH_ENDPOINT=https://$(endpoint render)
pool() { # NAME
    ok azb pool create --id "$1" --vm-size standard_d2s_v3 --image debian:debian-12:12 \
        --node-agent-sku-id "batch.node.debian 12" --target-dedicated-nodes 1
}
pool p
ok azb job create --id j --pool-id p
ok azb task create --job-id j --task-id t --command-line 'sh -c "echo $AZ_BATCH_ACCOUNT_NAME $AZ_BATCH_ACCOUNT_URL"'
done_is() { [ "$(azb task show --job-id "$1" --task-id t | jq -r .state)" = completed ]; }
wait_for 30 done_is j
ok azb task file download --job-id j --task-id t --file-path stdout.txt --destination -
same "$out" "render $AZURE_BATCH_ENDPOINT/"
key=$(arm POST "$GROUP/render/listKeys" | jq -r .primary)
by_key() { # COMMAND...
    AZURE_BATCH_ACCOUNT=render AZURE_BATCH_ACCESS_KEY=$key "$@" --auth-mode shared_key
}
ok by_key azb job list
same "$(jq -r '.[0].id' <<<"$out")" j
same "$(azb run --state "$STATE" -- bash -c \
    'AZURE_BATCH_ENDPOINT=https://render.westeurope.batch.azure.com azb job list' | jq -r '.[0].id')" j
AZURE_BATCH_ENDPOINT=$default ok azb job list # the default account has its own jobs
same "$(jq length <<<"$out")" 0

# Keys: one is made anew; without SharedKey there are none, for nobody.
ok arm POST "$GROUP/render/regenerateKeys" '{"keyName":"Primary"}'
refused + "" by_key azb job list
key=$(arm POST "$GROUP/render/listKeys" | jq -r .primary)
ok by_key azb job list
ok arm PATCH "$GROUP/render" '{"properties":{"allowedAuthenticationModes":["AAD"]}}'
same "$(jq -r '.properties.allowedAuthenticationModes|join(",")' <<<"$out")" AAD
same "$(jq -r .tags.team <<<"$out")" film
refused + "SharedKey is not allowed for this account" by_key azb job list
refused + "SharedKey is not among" arm POST "$GROUP/render/listKeys"
ok azb job list
ok arm PATCH "$GROUP/render" '{"properties":{"allowedAuthenticationModes":["SharedKey"]}}'
refused + "AAD is not allowed for this account" azb job list
ok by_key azb job list
ok arm PATCH "$GROUP/render" '{"properties":{"allowedAuthenticationModes":null},"tags":{}}'
ok azb job list
same "$(arm GET "$GROUP/render" | jq -c .tags)" "{}"

# Bodies that make no sense change nothing.
bad() { refused + "$1" arm PATCH "$GROUP/render" "$2"; }
bad "allowedAuthenticationModes[0]: 'Magic' is not allowed; allowed are SharedKey" \
    '{"properties":{"allowedAuthenticationModes":["Magic"]}}'
bad "at least one is needed" '{"properties":{"allowedAuthenticationModes":[]}}'
bad "storageAccountId" '{"properties":{"autoStorage":{}}}'
bad "resource id of a storage account" '{"properties":{"autoStorage":{"storageAccountId":"store"}}}'
bad "not known here: properties.colour" '{"properties":{"colour":"red"}}'
bad "needs an identity" '{"identity":{"type":"None"},"properties":{"encryption":{"keySource":"Microsoft.KeyVault",
    "keyVaultProperties":{"keyIdentifier":"https://v.vault.azure.net/keys/k/1"}}}}'
refused + "LocationNotAvailable" arm PUT "$GROUP/mars" '{"location":"mars"}'
refused + "InvalidAccountName" arm PUT "$GROUP/a-b" '{"location":"eastus"}'
refused + "InvalidResourceLocation" arm PUT "$GROUP/render" '{"location":"eastus"}'
refused + "UserSubscription" arm PUT "$GROUP/user1" \
    '{"location":"eastus","properties":{"poolAllocationMode":"UserSubscription"}}'

# Applications: a package is uploaded to its signed URL, activated, and seen by tasks' API.
app=$GROUP/render/applications/blender
ok arm PUT "$app" '{"properties":{"displayName":"Blender"}}'
ok arm PUT "$app/versions/4.2"
same "$(jq -r .properties.state <<<"$out")" Pending
upload=$(jq -r .properties.storageUrl <<<"$out")
refused + "Nothing was uploaded" arm POST "$app/versions/4.2/activate" '{"format":"zip"}'
put() { # URL FILE [curl options]
    local url=$1 file=$2
    shift 2
    curl -sS --cacert "$AZB_CA_FILE" -o "$work/put" -w '%{http_code}' -X PUT --data-binary "@$file" \
        -H 'x-ms-blob-type: BlockBlob' "$@" "$url"
}
python3 -c "import zipfile,sys; zipfile.ZipFile(sys.argv[1],'w').writestr('a.txt','hello')" "$work/a.zip"
echo text >"$work/a.txt"
same "$(put "$upload" "$work/a.txt")" 201
refused + "not a zip archive" arm POST "$app/versions/4.2/activate" '{"format":"zip"}'
same "$(put "$upload" "$work/a.zip" -H 'If-None-Match: *')" 409
same "$(put "$upload" "$work/a.zip")" 201
same "$(put "${upload/sp=rw/sp=r}" "$work/a.zip")" 403
same "$(put "${upload%?}" "$work/a.zip")" 403
has "$(cat "$work/put")" "<Code>AuthenticationFailed</Code>"
refused + "allowed are zip" arm POST "$app/versions/4.2/activate" '{"format":"rar"}'
ok arm POST "$app/versions/4.2/activate" '{"format":"zip"}'
same "$(jq -r '"\(.properties.state) \(.properties.format)"' <<<"$out")" "Active zip"
curl -sS --cacert "$AZB_CA_FILE" -o "$work/back.zip" "$(jq -r .properties.storageUrl <<<"$out")"
cmp "$work/a.zip" "$work/back.zip"
same "$(put "$upload" "$work/a.txt")" 409 # an active package is not written any more
ok arm PATCH "$app" '{"properties":{"defaultVersion":"4.2","allowUpdates":false}}'
refused + "no package of this version" arm PATCH "$app" '{"properties":{"defaultVersion":"9"}}'
refused + "allowUpdates" arm PUT "$app/versions/4.2"
ok azb application summary list
same "$(jq -r '.[0]|"\(.id) \(.displayName) \(.versions[0])"' <<<"$out")" "blender Blender 4.2"
ok azb application summary show --application-id blender
refused 3 "" azb application summary show --application-id none
refused + "ApplicationHasPackages" arm DELETE "$app"
ok arm PUT "$app/versions/5"
late=$(jq -r .properties.storageUrl <<<"$out")
ok azb control clock --move PT5H
same "$(put "$late" "$work/a.zip")" 403
has "$(cat "$work/put")" "expired"
head -c 68000000 /dev/zero >"$work/large"
ok arm PUT "$app/versions/6"
same "$(put "$(jq -r .properties.storageUrl <<<"$out")" "$work/large")" 413
# Whoever only sees a version cannot write it.
ok arm GET "$app/versions/6"
same "$(put "$(jq -r .properties.storageUrl <<<"$out")" "$work/a.zip")" 403

# Deletion ends what runs: killed in the midst, azbd goes on when it is there again.
ok azb task create --job-id j --task-id long --command-line "sleep 600"
runs() { [ "$(azb task show --job-id j --task-id long | jq -r .state)" = running ]; }
wait_for 30 runs
pgrep -f "^sleep 600" >"$work/sleeping"
ok azb control operations --duration PT1H
begin DELETE "$GROUP/render"
ok azb control operations --duration PT0S
first=$status_url
begin DELETE "$GROUP/render" # asked again: the same operation
same "$status_url" "$first"
refused + "AccountIsDisabled" azb job list
refused + "being deleted" arm PUT "$GROUP/render" '{"location":"westeurope"}'
same "$(arm GET "$GROUP/render" | jq -r .properties.provisioningState)" Deleting
stop_azbd KILL
start_azbd "$STATE" --test-controls
as_admin
status_is InProgress || fail_flow "the operation did not survive"
ok azb control clock --move PT12H
wait_for 30 status_is Succeeded
refused + "ResourceNotFound" arm GET "$GROUP/render"
for sleeping in $(cat "$work/sleeping"); do
    ! kill -0 "$sleeping" 2>/dev/null || fail_flow "a task outlived its account"
done
same "$(ls "$STATE/packages" | wc -l)" 0
same "$(sqlite3 "$STATE/azb.db" "SELECT (SELECT count(*) FROM job) + (SELECT count(*) FROM task)
    + (SELECT count(*) FROM pool) + (SELECT count(*) FROM node) + (SELECT count(*) FROM batch_application)
    + (SELECT count(*) FROM batch_package)" 2>/dev/null || echo 0)" 0
begin PUT "$GROUP/render" '{"location":"westeurope"}' # the name is free again
wait_for 20 status_is Succeeded

# The same by azb's own commands.
ok azb account create --name made --location northeurope --tags a=b --auth-modes AAD
same "$(jq -r '"\(.properties.provisioningState) \(.tags.a) \(.properties.allowedAuthenticationModes[0])"' <<<"$out")" \
    "Succeeded b AAD"
ok azb account set --name made --auth-modes AAD SharedKey --tags c=d
same "$(jq -c .tags <<<"$out")" '{"c":"d"}'
(
    ok azb account env --name made
    eval "$out"
    same "$AZURE_BATCH_ENDPOINT" "https://$(endpoint made)"
    ok azb job list
    ok azb account env --name made --shared-key-auth
    has "$out" "AZURE_BATCH_AUTH_MODE='shared_key'"
    has "$out" "AZURE_BATCH_ACCESS_KEY='$(azb account keys list --name made | jq -r .primary)'"
)
before=$(azb account keys list --name made | jq -r .secondary)
ok azb account keys renew --name made --key-name secondary
[ "$(jq -r .secondary <<<"$out")" != "$before" ] || fail_flow "the key is the old one"
same "$(azb account list | jq -r '[.[].name]|index("made") != null')" true
refused 2 "is not NAME=VALUE" azb account set --name made --tags c
refused 3 "" azb account show --name nobody
refused 1 "allowed are Primary, Secondary" azb account keys renew --name made --key-name third
ok azb account delete --name made
refused 3 "" azb account show --name made
ok azb control operations --outcome failed
refused 1 "could not be made" azb account create --name made --location northeurope
ok azb control operations --outcome succeeded
ok azb account delete --name made

# A test control lets an operation fail.
ok azb control operations --outcome failed
begin PUT "$GROUP/unlucky" '{"location":"westeurope"}'
wait_for 20 status_is Failed
same "$(arm GET "$GROUP/unlucky" | jq -r .properties.provisioningState)" Failed
ok azb control operations --outcome succeeded
begin PUT "$GROUP/unlucky" '{"location":"westeurope"}'
wait_for 20 status_is Succeeded

# Races: ten creates of one name make one account.
token=$(azb token --scope https://management.azure.com/.default)
for at in 1 2 3 4 5 6 7 8 9 10; do
    curl -sS --cacert "$AZB_CA_FILE" -o /dev/null -w '%{http_code}\n' -X PUT "$URL$GROUP/same$((at % 2))?$VERSION" \
        -H "Authorization: Bearer $token" -H "Content-Type: application/json" \
        --data '{"location":"northeurope"}' >"$work/race.$at" &
    racers[at]=$!
done
wait "${racers[@]}"
same "$(grep -Lx '20[02]' "$work"/race.*)" ""
count_of_accounts() { arm GET "$GROUP" | jq "[.value[]|select(.name|startswith(\"same\"))]|length"; }
same "$(count_of_accounts)" 2

# The default account goes, too; localhost then leads to the next one that is made.
begin DELETE "$GROUP/azb"
wait_for 20 status_is Succeeded
AZURE_BATCH_ENDPOINT=$URL refused + "There is no Batch account" azb job list
stop_azbd
start_azbd "$STATE" --test-controls
as_admin
begin PUT "$GROUP/azb" '{"location":"eastus"}'
wait_for 20 status_is Succeeded
AZURE_BATCH_ENDPOINT=$URL ok azb job list
