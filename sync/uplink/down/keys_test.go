package down

import (
	"crypto/ed25519"
	"encoding/base64"
	"testing"

	"cubby/locker/centre"
	"cubby/locker/secret/token"
)

func TestOnlyANewerListOfKeysSignedByARootKeyCounts(t *testing.T) {
	w := newWorld(t)
	public, root, _ := ed25519.GenerateKey(nil)
	_, foreign, _ := ed25519.GenerateKey(nil)
	w.down.cfg.Roots = []ed25519.PublicKey{public}
	list := func(number int64, by ed25519.PrivateKey) string {
		signed, err := token.SignList(token.List{Number: number, Issued: today}, by)
		if err != nil {
			t.Fatal(err)
		}
		return `{"signed":"` + base64.StdEncoding.EncodeToString(signed) + `"}`
	}
	w.takes("keys", "list", list(3, root), "centre.keys_kept")
	w.takes("keys", "list", list(3, root))
	w.refuses("keys", "list", list(2, root), "older-list", "")
	w.refuses("keys", "list", list(4, foreign), "keys", "/signed")
	w.refuses("keys", "other", list(4, root), "id", "/id")
	w.refuses("keys", "list", `{"signed":"%"}`, "base64", "/signed")
	w.refuses("keys", "list", `{}`, "missing-member", "/signed")
	w.takes("keys", "list", "")
	if got := centre.Keys.Read(w.state()).Number; got != 3 {
		t.Errorf("list %d counts", got)
	}
	w.takes("keys", "list", list(4, root), "centre.keys_kept")
}
