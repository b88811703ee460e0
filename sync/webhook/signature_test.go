package webhook

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// The vector that the specification's libraries publish.
func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	const secret, id, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
		`{"test": 2432232314}`
	got, err := Sign(secret, id, time.Unix(1614265330, 0), []byte(body))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %s, %v", got, err)
	}
	// Its Go library says the same, of our signature alone and beside another.
	lib, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Sign(NewSecret(), id, time.Unix(1614265330, 0), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for signatures, right := range map[string]bool{got: true, other + " " + got: true, other: false} {
		err := lib.VerifyIgnoringTimestamp([]byte(body), http.Header{
			http.CanonicalHeaderKey(HeaderID): {id}, http.CanonicalHeaderKey(HeaderTimestamp): {"1614265330"},
			http.CanonicalHeaderKey(HeaderSignature): {signatures}})
		if (err == nil) != right {
			t.Errorf("of %q the library says %v", signatures, err)
		}
	}
}

func TestASecretHasItsFormAndLength(t *testing.T) {
	for _, bad := range []string{
		"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_???",
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23)),
		"whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 65)),
	} {
		if _, err := Sign(bad, "id", time.Now(), nil); err == nil {
			t.Errorf("%q signs", bad)
		}
	}
	if a, b := NewSecret(), NewSecret(); a == b {
		t.Error("two secrets are the same")
	} else if _, err := Sign(a, "id", time.Now(), nil); err != nil {
		t.Error(err)
	}
}
