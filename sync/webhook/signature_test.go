package webhook

import (
	"encoding/base64"
	"testing"
	"time"
)

// The vector that the specification's libraries publish.
func TestTheSignatureIsThatOfTheSpecification(t *testing.T) {
	got, err := Sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
		time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if err != nil || got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Errorf("signed %s, %v", got, err)
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
