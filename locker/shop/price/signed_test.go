package price_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	. "cubby/locker/shop/price"
)

var (
	keyID   = []byte("k1")
	signing = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
)

// centre finds the one key there is.
func centre(id []byte) ed25519.PublicKey {
	if string(id) == string(keyID) {
		return signing.Public().(ed25519.PublicKey)
	}
	return nil
}

func TestPricesAreTakenFromTheCentreAlone(t *testing.T) {
	s := offered(priced(1000, 500), offer{Rate: 100_000}.of("tenth", OfOrder, Percent))
	text, err := s.Sign(keyID, signing)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadSigned(text, centre)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := s.Hash()
	if read, err := got.Hash(); err != nil || read != mine || len(read) != 64 {
		t.Errorf("hash %s of %s: %v", read, mine, err)
	}
	if !got.Good(s.Until.Add(-1)) || got.Good(s.Until) {
		t.Error("they are not good until they end")
	}
	for i := range text {
		bad := slices.Clone(text)
		bad[i] ^= 1
		if s, err := ReadSigned(bad, centre); err == nil {
			if hash, _ := s.Hash(); hash != mine {
				t.Fatalf("with another byte %d they are taken", i)
			}
		}
	}
	if _, err := ReadSigned(text, func([]byte) ed25519.PublicKey { return nil }); err == nil {
		t.Error("they are taken from nobody")
	}
	other := func([]byte) ed25519.PublicKey { return make([]byte, ed25519.PublicKeySize) }
	if _, err := ReadSigned(text, other); err == nil {
		t.Error("they are taken from another")
	}
	if _, err := priced(0).Sign(keyID, signing); err == nil {
		t.Error("wrong prices are signed")
	}
	if _, err := s.Sign(nil, signing); err == nil {
		t.Error("a key without an id signs")
	}
}

// What is signed and written otherwise would have another hash.
func TestSignedPricesHaveOneForm(t *testing.T) {
	text, err := json.Marshal(priced(1000))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		prices string
		good   bool
	}{
		"as written":  {string(text), true},
		"with spaces": {strings.Replace(string(text), `,"`, `, "`, 1), false},
		"a zero more": {strings.Replace(string(text), `"sku":"a"`, `"sku":"a","member":false`, 1), false},
	} {
		signature := ed25519.Sign(signing, append([]byte("cubby prices\x00"), c.prices...))
		whole := `{"key":"6b31","signature":` + string(encoded(t, signature)) + `,"prices":` + c.prices + `}`
		if _, err := ReadSigned([]byte(whole), centre); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func encoded(t *testing.T, b []byte) []byte {
	t.Helper()
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func voucher(bound string) Voucher {
	return Voucher{Serial: [SerialBytes]byte{1, 2}, Promotion: "once", Bound: bound, Until: noon.Add(time.Hour)}
}

func sign(t *testing.T, v Voucher) string {
	t.Helper()
	text, err := v.Sign(keyID, signing)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAVoucherIsReadAsItWasSigned(t *testing.T) {
	v := voucher(ToStation + "north")
	text := sign(t, v)
	for _, shown := range []string{text, " " + strings.ToLower(text) + "\n"} {
		if got, err := ReadVoucher(shown, centre); err != nil || got != v {
			t.Errorf("%+v, %v", got, err)
		}
	}
	for i := range text {
		for _, c := range []byte("A7") {
			bad := []byte(text)
			if bad[i] == c {
				continue
			}
			bad[i] = c
			if _, err := ReadVoucher(string(bad), centre); err == nil {
				t.Fatalf("%s is taken for %s", bad, text)
			}
		}
		if _, err := ReadVoucher(text[:i], centre); err == nil {
			t.Fatalf("its first %d characters are taken", i)
		}
	}
	for _, bad := range []Voucher{
		voucher("north"), voucher(ToPerson), {}, {Serial: v.Serial, Promotion: "once", Bound: v.Bound},
		{Promotion: "once", Bound: v.Bound, Until: v.Until}, {Serial: v.Serial, Bound: v.Bound, Until: v.Until},
	} {
		if _, err := bad.Sign(keyID, signing); err == nil {
			t.Errorf("%+v is signed", bad)
		}
	}
}

func FuzzReadVoucher(f *testing.F) {
	v := voucher(ToPerson + "p7")
	text, err := v.Sign(keyID, signing)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add("K1")
	f.Add("K1" + strings.Repeat("7", 400))
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := ReadVoucher(text, centre); err == nil && got != v {
			t.Fatalf("%q is %+v", text, got)
		}
	})
}

func TestACouponIsUsedWhereItMayBe(t *testing.T) {
	with := func(id string, c Coupon) offer {
		o := offer{Rate: 100_000}.of(id, OfOrder, Percent)
		o.Coupon, o.From, o.Until = &c, noon.Add(-time.Hour), noon.Add(24*time.Hour)
		return o
	}
	s := checked(t, offered(priced(1000),
		with("once", Coupon{Signed: true}),
		with("leased", Coupon{Codes: []string{CodeHash("WINTER")}, Limit: 5}),
		with("asked", Coupon{Codes: []string{CodeHash("SPRING")}, Online: true}),
		with("none", Coupon{Codes: []string{CodeHash("AUTUMN")}})))
	offline := Where{Station: "north", Person: "p7", At: noon}
	online, guest, later, early := offline, offline, offline, offline
	online.Online, guest.Person, later.At, early.At = true, "", noon.Add(time.Hour), noon.Add(-2*time.Hour)
	long := offline
	long.At = noon.Add(24 * time.Hour)
	for name, c := range map[string]struct {
		text  string
		where Where
		use   Use
		why   Refused
	}{
		"of this station":     {sign(t, voucher(ToStation+"north")), offline, Use{Most: 1}, ""},
		"of another":          {sign(t, voucher(ToStation+"south")), offline, Use{}, CouponBound},
		"of this person":      {sign(t, voucher(ToPerson+"p7")), offline, Use{Most: 1}, ""},
		"of a guest":          {sign(t, voucher(ToPerson+"p7")), guest, Use{}, CouponBound},
		"at its end":          {sign(t, voucher(ToStation+"north")), later, Use{}, CouponOver},
		"before it begins":    {sign(t, voucher(ToStation+"north")), early, Use{}, CouponEarly},
		"leased, offline":     {" winter ", offline, Use{Most: 5}, ""},
		"leased, online":      {"WINTER", online, Use{Most: 5}, ""},
		"leased, over":        {"WINTER", long, Use{}, CouponOver},
		"online, offline":     {"SPRING", offline, Use{}, CouponOnline},
		"online, online":      {"SPRING", online, Use{Ask: true}, ""},
		"none here, offline":  {"AUTUMN", offline, Use{}, CouponSpent},
		"none here, online":   {"AUTUMN", online, Use{Ask: true}, ""},
		"nobody knows it":     {"SUMMER", online, Use{}, NoCoupon},
		"nobody has typed it": {"", online, Use{}, NoCoupon},
	} {
		use, why := s.Redeem(c.text, c.where, centre)
		if why != c.why || use.Most != c.use.Most || use.Ask != c.use.Ask {
			t.Errorf("%s: %+v, %q", name, use, why)
		}
		if signed := c.text[:min(2, len(c.text))] == CouponPrefix; why == "" && signed == (use.Serial == "") {
			t.Errorf("%s: its number is %q", name, use.Serial)
		}
	}
}
