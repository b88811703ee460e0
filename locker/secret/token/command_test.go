package token

import (
	"bytes"
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func order() Order {
	return Order{
		ID: [IDBytes]byte{4, 5, 6}, Station: "s-7k3m90qx", What: Open, Door: "14", Parcel: "P-4711",
		By: "Mira K.", Reason: "the customer stands before it", Issued: now, Expires: now.Add(5 * time.Minute),
	}
}

func TestACommandSaysWhatWasSigned(t *testing.T) {
	public, private := pair(1)
	signed, err := SignOrder(order(), []byte("c1"), private)
	if err != nil {
		t.Fatal(err)
	}
	got, id, err := ReadOrder(signed, only("c1", public))
	if err != nil || got != order() || string(id) != "c1" {
		t.Fatalf("read %+v, %q, %v", got, id, err)
	}
	if again, err := SignOrder(order(), []byte("c1"), private); err != nil || !bytes.Equal(again, signed) {
		t.Error("the same order is written in two ways")
	}
	longest := Order{
		ID: order().ID, Station: strings.Repeat("s", maxText), What: Open, Door: strings.Repeat("d", MaxDoor),
		Parcel: strings.Repeat("p", maxText), By: strings.Repeat("b", maxText),
		Reason: strings.Repeat("r", MaxReason), Issued: now, Expires: now.Add(CommandLife),
	}
	if signed, err := SignOrder(longest, []byte("12345678"), private); err != nil || len(signed) > MaxCommand {
		t.Errorf("the longest has %d bytes: %v", len(signed), err)
	}
}

// Every other byte and every other key is no command, a token is none, and all are told alike.
func TestWhatDiffersInAnythingIsNoCommand(t *testing.T) {
	public, private := pair(1)
	signed, err := SignOrder(order(), []byte("c1"), private)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, tried []byte, key ed25519.PublicKey) {
		t.Helper()
		if o, _, err := ReadOrder(tried, only("c1", key)); err == nil || err.Error() != errNoOrder.Error() ||
			o != (Order{}) {
			t.Errorf("%s: %+v, %v", what, o, err)
		}
	}
	for i := range signed {
		for bit := range 8 {
			flipped := bytes.Clone(signed)
			flipped[i] ^= 1 << bit
			refused("a flipped bit", flipped, public)
		}
		refused("cut", signed[:i], public)
	}
	refused("longer", append(bytes.Clone(signed), 0), public)
	refused("much longer", append(bytes.Clone(signed), make([]byte, 4096)...), public)
	other, forged := pair(2)
	refused("another key", signed, other)
	for what, key := range map[string]struct {
		id  string
		key ed25519.PrivateKey
	}{"a signature of another key": {"c1", forged}, "an unknown key": {"c2", private}} {
		fake, err := SignOrder(order(), []byte(key.id), key.key)
		if err != nil {
			t.Fatal(err)
		}
		refused(what, fake, public)
	}

	// what the same key has signed as something else
	text, err := Sign(claims(), []byte("c1"), private)
	if err != nil {
		t.Fatal(err)
	}
	pickup, err := decode45(text[len(Prefix):])
	if err != nil {
		t.Fatal(err)
	}
	refused("a token", pickup, public)
	if c, _, err := Read(Prefix+encode45(signed), only("c1", public)); err == nil {
		t.Errorf("a command is a token that says %+v", c)
	}
	// an order in the words of tokens, or in a token's context, with the right key
	o := order()
	payload, _ := writer.Marshal(commandClaims{
		o.Station, o.Expires.Unix(), o.Issued.Unix(), o.ID[:], o.What, o.Door, o.Parcel, o.By, o.Reason,
	})
	protected, _ := writer.Marshal(header{edDSA, []byte("c1")})
	toSign, _ := writer.Marshal(signedAs(protected, payload))
	whole, _ := writer.Marshal(wrapped(protected, payload, ed25519.Sign(private, toSign)))
	refused("signed as a token is", whole, public)
}

func signedAs(protected, payload []byte) any {
	return signed{Context: "Signature1", Protected: protected, External: []byte{}, Payload: payload}
}

func wrapped(protected, payload, signature []byte) any {
	return struct {
		_         struct{} `cbor:",toarray"`
		Protected []byte
		Headers   map[int]int
		Payload   []byte
		Signature []byte
	}{Protected: protected, Headers: map[int]int{}, Payload: payload, Signature: signature}
}

func TestOrdersThatMakeNoSenseAreNotSigned(t *testing.T) {
	_, private := pair(1)
	for what, change := range map[string]func(*Order){
		"no number": func(o *Order) { o.ID = [IDBytes]byte{} }, "no station": func(o *Order) { o.Station = "" },
		"no door": func(o *Order) { o.Door = "" }, "all doors": func(o *Order) { o.What = "open_all" },
		"nobody": func(o *Order) { o.By = "" }, "a long reason": func(o *Order) {
			o.Reason = strings.Repeat("x", MaxReason+1)
		},
		"two lines":                 func(o *Order) { o.By = "a\nb" },
		"a name that turns around":  func(o *Order) { o.By = "a\u202eb" },
		"another kind of two lines": func(o *Order) { o.Reason = "a\u2028b" },
		"it lasts too long":         func(o *Order) { o.Expires = o.Issued.Add(CommandLife + time.Second) },
		"it ends before it begins":  func(o *Order) { o.Expires = o.Issued },
		"a restart of a door":       func(o *Order) { o.What, o.Parcel = Restart, "" },
		"a parcel that is disabled": func(o *Order) { o.What = Disable },
		"a restart with a parcel":   func(o *Order) { o.What, o.Door = Restart, "" },
		"a door with a long name":   func(o *Order) { o.Door = strings.Repeat("1", MaxDoor+1) },
		"what no text is":           func(o *Order) { o.Reason = "\xff" },
		"it was issued before 1970": func(o *Order) { o.Issued, o.Expires = time.Unix(-9, 0), time.Unix(9, 0) },
	} {
		o := order()
		change(&o)
		if signed, err := SignOrder(o, []byte("c1"), private); err == nil {
			t.Errorf("%s: %x", what, signed)
		}
	}
}

func FuzzReadOrder(f *testing.F) {
	public, private := pair(1)
	signed, err := SignOrder(order(), []byte("c1"), private)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, tried []byte) {
		if o, _, err := ReadOrder(tried, only("c1", public)); err == nil && !bytes.Equal(tried, signed) {
			t.Errorf("%x is a command that says %+v", tried, o)
		}
	})
}

func TestWhateverIsOrderedIsReadBack(t *testing.T) {
	public, private := pair(1)
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-Za-z0-9-]{1,16}`)
		o := Order{
			ID:      [IDBytes]byte(rapid.SliceOfN(rapid.Byte(), IDBytes, IDBytes).Draw(t, "id")),
			Station: word.Draw(t, "station"), By: word.Draw(t, "by"),
			What:   rapid.SampledFrom([]string{Open, Disable, Enable, Restart}).Draw(t, "what"),
			Issued: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "from"), 0).UTC(),
		}
		o.ID[0] |= 1
		if o.What != Restart {
			o.Door = word.Draw(t, "door")
		}
		if o.What == Open {
			o.Parcel = rapid.SampledFrom([]string{"", "P-4711"}).Draw(t, "parcel")
		}
		o.Expires = o.Issued.Add(time.Duration(rapid.Int64Range(1, 600).Draw(t, "lasts")) * time.Second)
		signed, err := SignOrder(o, []byte("c1"), private)
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := ReadOrder(signed, only("c1", public)); err != nil || got != o {
			t.Fatalf("%+v is read as %+v, %v", o, got, err)
		}
	})
}
