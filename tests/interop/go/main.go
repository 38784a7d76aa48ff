// MSAL Go and azidentity against azbd, unmodified: `clients FLOW...`, each a row below.
//
// Who and where comes from the environment, as `azb env` and tests/interop/interop.inc set it. The
// person at the keyboard is the program that INTEROP_PERSON names (tests/interop/person.py).
package main

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/managedidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const batch = "https://batch.core.windows.net/"

var (
	env       = os.Getenv
	ctx       = context.Background()
	scopes    = []string{batch + "/.default"}
	authority = strings.TrimRight(env("AZURE_AUTHORITY_HOST"), "/") + "/" + env("AZURE_TENANT_ID")
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func claims(token string) map[string]any {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		log.Fatalf("not a JWT: %d parts", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	check(err)
	out := map[string]any{}
	check(json.Unmarshal(payload, &out))
	return out
}

func want(what string, got, wanted any) {
	if got != wanted {
		log.Fatalf("%s is %v and should be %v", what, got, wanted)
	}
}

func isApplication(token, client string) {
	c := claims(token)
	want("aud", c["aud"], batch)
	want("appid", c["appid"], client)
	want("idtyp", c["idtyp"], "app")
}

func isUser(token, client string) {
	c := claims(token)
	want("aud", c["aud"], batch)
	want("appid", c["appid"], client)
	want("scp", c["scp"], "user_impersonation")
	want("upn", c["upn"], env("AZB_USERNAME"))
}

func person(arguments ...string) error {
	command := exec.Command(env("INTEROP_PERSON"), arguments...)
	command.Stderr = os.Stderr
	return command.Run()
}

func browse(url string) error {
	go func() { check(person(url)) }()
	return nil
}

func certificate() ([]*x509.Certificate, crypto.PrivateKey) {
	pem, err := os.ReadFile(env("INTEROP_CERTIFICATE_BOTH"))
	check(err)
	certificates, key, err := confidential.CertFromPEM(pem, "")
	check(err)
	return certificates, key
}

// ---- MSAL Go -----------------------------------------------------------------------------------

func confidentialClient(id string, credential confidential.Credential, options ...confidential.Option) confidential.Client {
	client, err := confidential.New(authority, id, credential,
		append(options, confidential.WithInstanceDiscovery(false))...)
	check(err)
	return client
}

func applicationToken(client confidential.Client, id string) {
	first, err := client.AcquireTokenByCredential(ctx, scopes)
	check(err)
	isApplication(first.AccessToken, id)
	again, err := client.AcquireTokenByCredential(ctx, scopes)
	check(err)
	want("the second token's source", again.Metadata.TokenSource, confidential.TokenSourceCache)
}

func msalSecret() {
	credential, err := confidential.NewCredFromSecret(env("AZURE_CLIENT_SECRET"))
	check(err)
	applicationToken(confidentialClient(env("AZURE_CLIENT_ID"), credential), env("AZURE_CLIENT_ID"))
	wrong, err := confidential.NewCredFromSecret("wrong")
	check(err)
	_, err = confidentialClient(env("AZURE_CLIENT_ID"), wrong).AcquireTokenByCredential(ctx, scopes)
	if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") {
		log.Fatalf("a wrong secret: %v", err)
	}
}

func msalCertificate() {
	certificates, key := certificate()
	credential, err := confidential.NewCredFromCert(certificates, key)
	check(err)
	id := env("INTEROP_CERTIFICATE_ID")
	applicationToken(confidentialClient(id, credential), id)
	applicationToken(confidentialClient(id, credential, confidential.WithX5C()), id)
}

func msalFederated() {
	id := env("INTEROP_FEDERATED_ID")
	credential := confidential.NewCredFromAssertionCallback(
		func(context.Context, confidential.AssertionRequestOptions) (string, error) {
			assertion, err := os.ReadFile(env("INTEROP_FEDERATED_TOKEN_FILE"))
			return strings.TrimSpace(string(assertion)), err
		})
	applicationToken(confidentialClient(id, credential), id)
}

func publicClient() public.Client {
	client, err := public.New(env("INTEROP_PUBLIC_ID"), public.WithAuthority(authority), public.WithInstanceDiscovery(false))
	check(err)
	return client
}

// A second token from the account that signed in: from memory, then by the refresh token.
func silent(client public.Client, account public.Account) {
	result, err := client.AcquireTokenSilent(ctx, scopes, public.WithSilentAccount(account))
	check(err)
	isUser(result.AccessToken, env("INTEROP_PUBLIC_ID"))
	other, err := client.AcquireTokenSilent(ctx, []string{"https://management.core.windows.net//.default"},
		public.WithSilentAccount(account))
	check(err)
	want("aud", claims(other.AccessToken)["aud"], "https://management.core.windows.net/")
}

func msalDeviceCode() {
	client := publicClient()
	code, err := client.AcquireTokenByDeviceCode(ctx, scopes)
	check(err)
	check(person("--device", code.Result.VerificationURL, code.Result.UserCode))
	result, err := code.AuthenticationResult(ctx)
	check(err)
	isUser(result.AccessToken, env("INTEROP_PUBLIC_ID"))
	silent(client, result.Account)
}

func msalInteractive() {
	client := publicClient()
	result, err := client.AcquireTokenInteractive(ctx, scopes, public.WithOpenURL(browse),
		public.WithLoginHint(env("AZB_USERNAME")))
	check(err)
	isUser(result.AccessToken, env("INTEROP_PUBLIC_ID"))
	silent(client, result.Account)
}

func msalOnBehalfOf() {
	id := env("INTEROP_API_ID")
	user, err := publicClient().AcquireTokenInteractive(ctx, []string{"api://" + id + "/access_as_user"},
		public.WithOpenURL(browse))
	check(err)
	credential, err := confidential.NewCredFromSecret(env("INTEROP_API_SECRET"))
	check(err)
	result, err := confidentialClient(id, credential).AcquireTokenOnBehalfOf(ctx, user.AccessToken, scopes)
	check(err)
	isUser(result.AccessToken, id)
}

func msalManagedIdentity() {
	client, err := managedidentity.New(managedidentity.SystemAssigned())
	check(err)
	result, err := client.AcquireToken(ctx, batch)
	check(err)
	want("aud", claims(result.AccessToken)["aud"], batch)
	want("idtyp", claims(result.AccessToken)["idtyp"], "app")
}

// ---- azidentity --------------------------------------------------------------------------------

func options() azcore.ClientOptions {
	return azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: env("AZURE_AUTHORITY_HOST")}}
}

func tokenOf(credential azcore.TokenCredential, err error) string {
	check(err)
	limited, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	token, err := credential.GetToken(limited, policy.TokenRequestOptions{Scopes: scopes})
	check(err)
	if !token.ExpiresOn.After(time.Now()) {
		log.Fatal("the token has expired")
	}
	return token.Token
}

func identitySecret() {
	o := &azidentity.ClientSecretCredentialOptions{ClientOptions: options(), DisableInstanceDiscovery: true}
	credential, err := azidentity.NewClientSecretCredential(env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), env("AZURE_CLIENT_SECRET"), o)
	isApplication(tokenOf(credential, err), env("AZURE_CLIENT_ID"))
	credential, err = azidentity.NewClientSecretCredential(env("AZURE_TENANT_ID"), env("AZURE_CLIENT_ID"), "wrong", o)
	check(err)
	_, err = credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: scopes})
	var failed *azidentity.AuthenticationFailedError
	if !errors.As(err, &failed) || !strings.Contains(err.Error(), "AADSTS7000215") {
		log.Fatalf("a wrong secret: %v", err)
	}
}

func identityCertificate() {
	certificates, key := certificate()
	id := env("INTEROP_CERTIFICATE_ID")
	for _, chain := range []bool{false, true} {
		credential, err := azidentity.NewClientCertificateCredential(env("AZURE_TENANT_ID"), id, certificates, key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options(), DisableInstanceDiscovery: true, SendCertificateChain: chain})
		isApplication(tokenOf(credential, err), id)
	}
}

func identityFederated() {
	credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: options(), DisableInstanceDiscovery: true, ClientID: env("INTEROP_FEDERATED_ID"),
		TenantID: env("AZURE_TENANT_ID"), TokenFilePath: env("INTEROP_FEDERATED_TOKEN_FILE")})
	isApplication(tokenOf(credential, err), env("INTEROP_FEDERATED_ID"))
}

func identityDeviceCode() {
	credential, err := azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: options(), DisableInstanceDiscovery: true, ClientID: env("INTEROP_PUBLIC_ID"), TenantID: env("AZURE_TENANT_ID"),
		UserPrompt: func(_ context.Context, m azidentity.DeviceCodeMessage) error {
			return person("--device", m.VerificationURL, m.UserCode)
		}})
	isUser(tokenOf(credential, err), env("INTEROP_PUBLIC_ID"))
	isUser(tokenOf(credential, err), env("INTEROP_PUBLIC_ID"))
}

func identityManaged() {
	credential, err := azidentity.NewManagedIdentityCredential(nil)
	want("idtyp", claims(tokenOf(credential, err))["idtyp"], "app")
}

// No option in code: the tenant "adfs" is what lets it in.
func identityEnvironment() {
	credential, err := azidentity.NewEnvironmentCredential(nil)
	isApplication(tokenOf(credential, err), env("AZURE_CLIENT_ID"))
}

func identityDefault() {
	credential, err := azidentity.NewDefaultAzureCredential(nil)
	isApplication(tokenOf(credential, err), env("AZURE_CLIENT_ID"))
}

var flows = []struct {
	name string
	run  func()
}{
	{"msal-secret", msalSecret},
	{"msal-certificate", msalCertificate},
	{"msal-federated", msalFederated},
	{"msal-device-code", msalDeviceCode},
	{"msal-interactive", msalInteractive},
	{"msal-on-behalf-of", msalOnBehalfOf},
	{"msal-managed-identity", msalManagedIdentity},
	{"identity-secret", identitySecret},
	{"identity-certificate", identityCertificate},
	{"identity-federated", identityFederated},
	{"identity-device-code", identityDeviceCode},
	{"identity-managed", identityManaged},
	{"identity-environment", identityEnvironment},
	{"identity-default", identityDefault},
}

func main() {
	log.SetFlags(0)
	for _, name := range os.Args[1:] {
		if name == "--" { // what follows is not for us
			return
		}
		ran := false
		for _, flow := range flows {
			if flow.name == name {
				log.SetPrefix(name + ": ")
				flow.run()
				fmt.Println("go:", name)
				ran = true
			}
		}
		if !ran {
			log.Fatalf("there is no flow %s", name)
		}
	}
}
