#!/usr/bin/env bash
# The directory by azb: what applications ask for and were allowed, federated credentials, users.
. "$(dirname "$0")/flow.sh"
start_azbd
as_admin

# A new application asks for Graph's User.Read, and for what is added; consent is told apart.
ok azb app create --display-name desktop --redirect-uri http://localhost --public-client
permissions() { azb app permission list --id desktop -o json | jq -r '.[]|"\(.api):\(.permission):\(.consent)"' | sort; }
same "$(permissions)" "Microsoft Graph:User.Read:"
ok azb app permission add --id desktop --permissions user_impersonation
ok azb app permission add --id desktop --api graph --permissions User.Read openid
same "$(permissions)" "$(printf '%s\n' "Microsoft Azure Batch:user_impersonation:" \
    "Microsoft Graph:User.Read:" "Microsoft Graph:openid:" | sort)"
refused 2 "offers no permission 'fly'" azb app permission add --id desktop --permissions fly
ok azb app permission consent --id desktop
ok azb app permission consent --id desktop --api graph --permissions openid
ok azb app permission consent --id desktop --api graph --permissions User.Read
same "$(permissions | grep -c ':everybody$')" 3
ok azb app permission delete --id desktop --api graph --permissions openid
same "$(permissions | wc -l)" 2
refused 2 "asks for no permission" azb app permission consent --id desktop --api arm

# What an application is can be changed; what is not named stays.
ok azb app update --id desktop --sign-in-audience AzureADMultipleOrgs --web-redirect-uri https://example.com/cb
ok azb app show --id desktop -o json
same "$(jq -r '.signInAudience, .web.redirectUris[0], .publicClient.redirectUris[0], .isFallbackPublicClient' <<<"$out" | tr '\n' ' ')" \
    "AzureADMultipleOrgs https://example.com/cb http://localhost true "
refused 2 "nothing to change" azb app update --id desktop
refused + "signInAudience" azb app update --id desktop --sign-in-audience everybody

# Federated credentials.
ok azb app federated-credential create --id desktop --name main --issuer https://issuer.example --subject repo
refused + "exists already" azb app federated-credential create --id desktop --name main \
    --issuer https://issuer.example --subject other
ok azb app federated-credential list --id desktop -o json
same "$(jq -r '.[0].audiences[0]' <<<"$out")" api://AzureADTokenExchange
ok azb app federated-credential delete --id desktop --name main
refused 3 "" azb app federated-credential delete --id desktop --name main

# Users: a password that was made is shown once; one of a file is not shown at all.
ok azb user create --user-principal-name ann@azb.onmicrosoft.com --display-name Ann -o json
same "$(jq -r '.password | length' <<<"$out")" 24
printf 'a password from a file\n' >"$work/password"
ok azb user create --user-principal-name bob@azb.onmicrosoft.com --display-name Bob \
    --given-name Bob --password-file "$work/password" -o json
same "$(jq -r .password <<<"$out")" null
refused + "domain" azb user create --user-principal-name eve@contoso.com --display-name Eve
ok azb user list -o json
same "$(jq -r '.[].userPrincipalName' <<<"$out" | sort | tr '\n' ' ')" \
    "ann@azb.onmicrosoft.com bob@azb.onmicrosoft.com user@azb.onmicrosoft.com "
ok azb user show --id BOB@azb.onmicrosoft.com -o json
same "$(jq -r .givenName <<<"$out")" Bob
ok azb user delete --id bob@azb.onmicrosoft.com
refused 3 "" azb user show --id bob@azb.onmicrosoft.com
refused 5 "application administrator" azb user delete --id "$AZB_USERNAME"
