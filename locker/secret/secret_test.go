package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cubby/locker/visit"
)

func keys(t testing.TB, fill byte) *Keys {
	t.Helper()
	k, err := Derive(bytes.Repeat([]byte{fill}, keyBytes))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOnlyExactFormsAreRecognised(t *testing.T) {
	k := keys(t, 1)
	s := k.NewPickup()
	badge, _, hashes := k.NewCourier()
	for _, c := range []struct {
		name, scan string
		want       visit.Present
	}{
		{"a code", s.Code, visit.Present{CodeHash: s.CodeHash, Label: s.Code, Presented: "code"}},
		{"a code with its suffix left on", s.Code + "\r\n",
			visit.Present{CodeHash: s.CodeHash, Label: s.Code, Presented: "code"}},
		{"a code with a tail", s.Code + ".012345\r", visit.Present{
			CodeHash: s.CodeHash, Label: s.Code + ".012345", Presented: "code",
		}},
		{"a member's own code", MemberPrefix + s.Code + "\r", visit.Present{
			CodeHash: s.CodeHash, Presented: "member",
		}},
		{"half of a member's own code", MemberPrefix + s.Code[:25], visit.Present{
			Label: MemberPrefix + s.Code[:25], Text: MemberPrefix + s.Code[:25], Presented: "label",
		}},
		{"a badge", badge, visit.Present{BadgeHash: hashes.Badge, Label: badge, Presented: "badge"}},
		{"a label of GS1 with its separators", "]C100340123450000000017\x1d10A",
			visit.Present{Label: "]C100340123450000000017\x1d10A", Presented: "label"}},
		{"a postal item with spaces", "RR 123 456 785 GB", visit.Present{
			Label: "RR 123 456 785 GB", Text: "RR 123 456 785 GB", Presented: "label",
		}},
		{"words", "hello world", visit.Present{Text: "hello world", Presented: "unreadable"}},
		{"a label", "C1003", visit.Present{Label: "C1003", Text: "C1003", Presented: "label"}},
		{"a code in small letters", strings.ToLower(s.Code),
			visit.Present{Label: strings.ToLower(s.Code), Text: strings.ToLower(s.Code), Presented: "label"}},
		{"a code with one character less", s.Code[:25], visit.Present{
			Label: s.Code[:25], Text: s.Code[:25], Presented: "label",
		}},
		{"the number of a payment card", "4111 1111 1111 1111", visit.Present{
			CardNumber: true, Label: "4111 1111 1111 1111", Presented: "label",
		}},
		{"nothing", "", visit.Present{Presented: "unreadable"}},
		{"a control character", "C10\x1b03", visit.Present{Presented: "unreadable"}},
		{"a NUL", s.Code + "\x00", visit.Present{Presented: "unreadable"}},
		{"bytes that are no text", "\xff\xfe\x00", visit.Present{Presented: "unreadable"}},
		{"65 characters", strings.Repeat("A", 65), visit.Present{
			Text: strings.Repeat("A", 65), Presented: "unreadable",
		}},
		{"a right-to-left mark", "C1\u202e3", visit.Present{Presented: "unreadable"}},
	} {
		got := k.Recognise([]byte(c.scan), Centre{})
		if tail := got.Rotating; (tail != nil) != strings.Contains(c.name, "tail") {
			t.Errorf("%s: its tail is %+v", c.name, tail)
		} else if tail != nil && (tail.Digits != "012345" ||
			codeAlphabet.EncodeToString(tail.Key) != s.Rotating || len(tail.Key) != 20) {
			t.Errorf("its tail is %+v, and the key that was told %s", tail, s.Rotating)
		}
		if got.Rotating = nil; got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestACardIsNeverTakenForWhatIsScanned(t *testing.T) {
	k, uid := keys(t, 1), []byte{0x00, 0x63, 0xE9, 0xAE}
	hash := k.HashCard(uid)
	if len(hash) != 64 || hash != k.HashCard(uid) || hash == keys(t, 2).HashCard(uid) ||
		k.HashCard(nil) != "" {
		t.Errorf("hash %q", hash)
	}
	for _, scan := range []string{string(uid), "0063e9ae", "card:0063e9ae", "B:card:0063e9ae", "0006547886"} {
		if p := k.Recognise([]byte(scan), Centre{}); p.BadgeHash == hash || p.CodeHash == hash {
			t.Errorf("%q is taken for the card", scan)
		}
	}
}

func TestASecretOfOneStationMeansNothingAtAnother(t *testing.T) {
	here, there := keys(t, 1), keys(t, 2)
	s := here.NewPickup()
	if there.Recognise([]byte(s.Code), Centre{}).CodeHash == s.CodeHash {
		t.Error("the code's hash is the same")
	}
	a := here.HashPIN(s.PIN)
	if b := there.HashPIN(s.PIN); a.Customer == b.Customer || a.Courier == b.Courier || a.Staff == b.Staff ||
		a.Customer == a.Courier || a.Courier == a.Staff || a.Customer == a.Staff {
		t.Error("a PIN's hash is the same for two stations or two purposes")
	}
	if a.Customer != s.PINHash {
		t.Error("the PIN does not find its parcel")
	}
}

func TestSecretsHaveTheirForm(t *testing.T) {
	k := keys(t, 3)
	seen := map[string]bool{}
	for range 20 {
		s := k.NewPickup()
		if !isCode([]byte(s.Code)) || len(s.PIN) != 8 || strings.Trim(s.PIN, "0123456789") != "" {
			t.Fatalf("code %q, PIN %q", s.Code, s.PIN)
		}
		if seen[s.Code] {
			t.Fatal("the same code twice")
		}
		seen[s.Code] = true
	}
}

func TestSealedTextOpensOnlyWhereItBelongs(t *testing.T) {
	k := keys(t, 4)
	sealed := k.Seal("p1", "text")
	if got, err := k.Unseal("p1", sealed); got != "text" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := k.Unseal("p2", sealed); err == nil {
		t.Error("it opened for another parcel")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := k.Unseal("p1", sealed); err == nil {
		t.Error("it opened although it was altered")
	}
}

func TestTheKeyFileIsMadeOnceAndKeptFromOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "station.key")
	if _, err := Open(path, false); err == nil {
		t.Error("a missing key was made although the station has one somewhere")
	}
	a, err := Open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if h := a.HashPIN("1"); h.Customer == "" || h.Courier == "" || h.Staff == "" {
		t.Fatal("no hash")
	} else if g := b.HashPIN("1"); g != h {
		t.Error("opening it again gave other keys")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, true); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Chmod(path, 0o600)
	if _, err := Open(path, true); err == nil || !strings.Contains(err.Error(), "5 bytes") {
		t.Errorf("too short: %v", err)
	}
}
