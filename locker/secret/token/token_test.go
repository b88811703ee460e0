package token

import (
	"bytes"
	"crypto/ed25519"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"pgregory.net/rapid"
)

// The vectors of RFC 9285.
func TestBase45IsThatOfTheRFC(t *testing.T) {
	for plain, text := range map[string]string{
		"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0", "": "",
	} {
		if got := encode45([]byte(plain)); got != text {
			t.Errorf("%q is written %q, not %q", plain, got, text)
		}
		if got, err := decode45(text); err != nil || string(got) != plain {
			t.Errorf("%q is read as %q, %v", text, got, err)
		}
	}
	for _, bad := range []string{"A", "GGW", ":::", "::", "ab8", "BB8A", "BB\x80", "Ü"} {
		if got, err := decode45(bad); err == nil {
			t.Errorf("%q is read as %q", bad, got)
		}
	}
}

func pair(seed byte) (ed25519.PublicKey, ed25519.PrivateKey) {
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	return private.Public().(ed25519.PublicKey), private
}

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func claims() Claims {
	return Claims{
		ID: [IDBytes]byte{1, 2, 3}, Station: "s-7k3m90qx", Purpose: Pickup, Label: "340123450000000017",
		NotBefore: now.Add(-time.Hour), Expires: now.Add(72 * time.Hour),
	}
}

func only(id string, key ed25519.PublicKey) func([]byte) ed25519.PublicKey {
	return func(asked []byte) ed25519.PublicKey {
		if string(asked) == id {
			return key
		}
		return nil
	}
}

func TestATokenSaysWhatWasSigned(t *testing.T) {
	public, private := pair(1)
	text, err := Sign(claims(), []byte("k1"), private)
	if err != nil {
		t.Fatal(err)
	}
	got, id, err := Read(text, only("k1", public))
	if err != nil || got != claims() || string(id) != "k1" {
		t.Fatalf("read %+v, %q, %v", got, id, err)
	}
	again, err := Sign(claims(), []byte("k1"), private)
	if err != nil || again != text {
		t.Error("the same claims are written in two ways")
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil || code.VersionNumber > 8 {
		t.Errorf("its QR code has version %d, more than 8: %v", code.VersionNumber, err)
	}
}

// Every other byte, every other key and every other spelling is no token, and all are told alike.
func TestWhatDiffersInAnythingIsNoToken(t *testing.T) {
	public, private := pair(1)
	text, err := Sign(claims(), []byte("k1"), private)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what, text string, key ed25519.PublicKey) {
		t.Helper()
		if c, _, err := Read(text, only("k1", key)); err == nil || err.Error() != errInvalid.Error() ||
			c != (Claims{}) {
			t.Errorf("%s: %+v, %v", what, c, err)
		}
	}
	whole, err := decode45(text[len(Prefix):])
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for _, bit := range []byte{1, 0x80} {
			flipped := bytes.Clone(whole)
			flipped[i] ^= bit
			refused("a flipped bit", Prefix+encode45(flipped), public)
		}
	}
	other, forged := pair(2)
	refused("another key", text, other)
	fake, err := Sign(claims(), []byte("k1"), forged)
	if err != nil {
		t.Fatal(err)
	}
	refused("a signature of another key", fake, public)
	unknown, err := Sign(claims(), []byte("k2"), private)
	if err != nil {
		t.Fatal(err)
	}
	refused("an unknown key", unknown, public)
	for what, text := range map[string]string{
		"nothing": "", "the prefix": Prefix, "lower case": strings.ToLower(text),
		"a space behind": text + " ",
		"cut":            text[:len(text)-3], "longer": text + "000",
		"much longer":   text + strings.Repeat("0", 3000),
		"a byte behind": Prefix + encode45(append(bytes.Clone(whole), 0)),
	} {
		refused(what, text, public)
	}
}

func TestClaimsThatMakeNoSenseAreNeitherSignedNorRead(t *testing.T) {
	public, private := pair(1)
	for what, change := range map[string]func(*Claims){
		"no id": func(c *Claims) { c.ID = [IDBytes]byte{} }, "no station": func(c *Claims) { c.Station = "" },
		"no label": func(c *Claims) { c.Label = "" }, "a long label": func(c *Claims) {
			c.Label = strings.Repeat("x", 65)
		},
		"another purpose":                  func(c *Claims) { c.Purpose = "open everything" },
		"it ends before it begins":         func(c *Claims) { c.Expires = c.NotBefore },
		"a long station":                   func(c *Claims) { c.Station = strings.Repeat("x", 65) },
		"it is good for too long":          func(c *Claims) { c.Expires = c.NotBefore.Add(Life + time.Second) },
		"it ends in a year of five digits": func(c *Claims) { c.Expires = time.Unix(1<<40, 0) },
		"it ends when time does":           func(c *Claims) { c.Expires = time.Unix(1<<62, 0) },
	} {
		c := claims()
		change(&c)
		if text, err := Sign(c, []byte("k1"), private); err == nil {
			t.Errorf("%s: %s", what, text)
		}
		text, err := c.sign([]byte("k1"), private) // as a centre may that is not ours
		if err != nil {
			t.Fatal(err)
		}
		if c, _, err := Read(text, only("k1", public)); err == nil {
			t.Errorf("%s: it is read as %+v", what, c)
		}
	}
}

func TestATokenIsGoodAtItsStationInItsTime(t *testing.T) {
	c := claims()
	for _, x := range []struct {
		station string
		at      time.Time
		good    bool
	}{
		{c.Station, now, true}, {"another", now, false}, {c.Station, c.NotBefore, true},
		{c.Station, c.NotBefore.Add(-time.Minute), true},
		{c.Station, c.NotBefore.Add(-6 * time.Minute), false},
		{c.Station, c.Expires, true}, {c.Station, c.Expires.Add(5 * time.Minute), false},
	} {
		if got := c.GoodAt(x.station, x.at, 5*time.Minute); got != x.good {
			t.Errorf("at %s, %s: %v", x.station, x.at, got)
		}
	}
}

func TestAKeyListCountsWhenTheRootHasSignedItAndItIsNewer(t *testing.T) {
	rootPublic, root := pair(9)
	otherRoot, forged := pair(8)
	one, _ := pair(1)
	two, _ := pair(2)
	l := List{
		Number: 3, Issued: now,
		Keys: []Key{
			{[]byte("k1"), Pickup, one, now.AddDate(0, -2, 0), now.AddDate(0, 0, -1)},
			{[]byte("k2"), Pickup, two, now.AddDate(0, 0, -30), now.AddDate(0, 2, 0)},
		},
		Deny: []Denial{{claims().ID, "stolen"}},
	}
	text, err := SignList(l, root)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadList(text, []ed25519.PublicKey{otherRoot, rootPublic})
	if err != nil || got.Number != 3 || len(got.Keys) != 2 {
		t.Fatalf("read %+v, %v", got, err)
	}
	if reason, denied := got.Denied(claims().ID); !denied || reason != "stolen" {
		t.Error("the denial is not there")
	}
	if _, denied := got.Denied([IDBytes]byte{7}); denied {
		t.Error("another token is denied")
	}
	if fake, err := SignList(l, forged); err != nil {
		t.Fatal(err)
	} else if _, err := ReadList(fake, []ed25519.PublicKey{rootPublic}); err == nil {
		t.Error("a list of another root is taken")
	}
	for i := range text {
		flipped := bytes.Clone(text)
		flipped[i] ^= 1
		if _, err := ReadList(flipped, []ed25519.PublicKey{rootPublic}); err == nil {
			t.Fatalf("a flipped bit in byte %d is taken", i)
		}
	}
	older := got
	older.Number = 2
	if got.Newer(older).Number != 3 || older.Newer(got).Number != 3 || got.Newer(got).Number != 3 {
		t.Error("the older list counts")
	}
	for _, x := range []struct {
		id   string
		at   time.Time
		good bool
	}{
		{"k1", now, true}, {"k1", now.AddDate(0, 0, 42), true}, {"k1", now.AddDate(0, 0, 44), false},
		{"k3", now, false},
		{"k2", now, true}, {"k2", now.AddDate(0, 0, -31), false},
	} {
		if key := got.Key(Pickup, []byte(x.id), x.at, 0); (key != nil) != x.good {
			t.Errorf("%s at %s: %v", x.id, x.at, key != nil)
		}
	}
}

func FuzzRead(f *testing.F) {
	public, private := pair(1)
	text, err := Sign(claims(), []byte("k1"), private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(Prefix + "BB8")
	f.Add("")
	f.Fuzz(func(t *testing.T, tried string) {
		if c, _, err := Read(tried, only("k1", public)); err == nil && tried != text {
			t.Errorf("%q is a token that says %+v", tried, c)
		}
	})
}

func TestWhateverIsSignedIsReadBack(t *testing.T) {
	public, private := pair(1)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-Za-z0-9-]{1,20}`)
		c := Claims{
			ID:      [IDBytes]byte(rapid.SliceOfN(rapid.Byte(), IDBytes, IDBytes).Draw(t, "id")),
			Station: word.Draw(t, "station"), Purpose: Pickup, Label: word.Draw(t, "label"),
			NotBefore: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "from"), 0).UTC(),
		}
		c.ID[0] |= 1
		lasts := rapid.Int64Range(1, int64(Life/time.Second)).Draw(t, "lasts")
		c.Expires = c.NotBefore.Add(time.Duration(lasts) * time.Second)
		text, err := Sign(c, []byte("k1"), private)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := Read(text, only("k1", public)); err != nil || got != c {
			t.Fatalf("%+v is read as %+v, %v", c, got, err)
		}
	})
}

// The drawn code is read by a program that others have written.
func TestADrawnTokenIsReadByZbar(t *testing.T) {
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("SKIPPED: there is no zbarimg (apt-get install zbar-tools)")
	}
	_, private := pair(1)
	text, err := Sign(claims(), []byte("k1"), private)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "token.png")
	if err := qrcode.WriteFile(text, qrcode.Medium, 400, file); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(zbar, "-q", "--raw", file).Output()
	if err != nil || strings.TrimSuffix(string(said), "\n") != text {
		t.Errorf("read %q, %v", said, err)
	}
}
