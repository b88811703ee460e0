package price

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CouponPrefix begins the text of a coupon that the centre has signed.
const CouponPrefix = "K1"

// SerialBytes is how long the number of a signed coupon is.
const SerialBytes = 8

// A Voucher is a coupon for one use, signed by the centre: whoever has it can use it where
// there is no network, for it is good at one station alone, or for one person.
type Voucher struct {
	Serial    [SerialBytes]byte
	Promotion string
	Bound     string    // "station:ID" or "person:ID"
	Until     time.Time // whole seconds; not at this moment any more
}

// The two kinds of what a voucher is bound to.
const (
	ToStation = "station:"
	ToPerson  = "person:"
)

var couponText = base32.StdEncoding.WithPadding(base32.NoPadding)

const couponContext = "cubby coupon\x00"

// longestVoucher bounds a voucher, in bytes, without its signature.
const longestVoucher = 256

// Sign makes the text of a voucher, in capital letters and digits.
func (v Voucher) Sign(keyID []byte, key ed25519.PrivateKey) (string, error) {
	if len(keyID) == 0 || len(keyID) > longestKeyID || len(key) != ed25519.PrivateKeySize {
		return "", fmt.Errorf("a key has an id of 1 to %d bytes, and is one of Ed25519", longestKeyID)
	}
	if err := v.check(); err != nil {
		return "", err
	}
	body := v.write(keyID)
	whole := append(body, ed25519.Sign(key, append([]byte(couponContext), body...))...)
	return CouponPrefix + couponText.EncodeToString(whole), nil
}

func (v Voucher) check() error {
	who, is := strings.CutPrefix(v.Bound, ToStation)
	if !is {
		who, is = strings.CutPrefix(v.Bound, ToPerson)
	}
	switch {
	case !nameForm.MatchString(v.Promotion):
		return errors.New("a voucher names its promotion")
	case !is || !nameForm.MatchString(who):
		return errors.New("a voucher is bound to a station or to a person")
	case v.Serial == [SerialBytes]byte{}:
		return errors.New("a voucher has a number that nobody can guess")
	case v.Until.Unix() < 1 || v.Until.Unix() > 1<<32:
		return errors.New("a voucher has an end")
	}
	return nil
}

// write is the one way to write a voucher.
func (v Voucher) write(keyID []byte) []byte {
	b := append([]byte{byte(len(keyID))}, keyID...)
	b = append(b, v.Serial[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(v.Until.Unix()))
	for _, text := range []string{v.Promotion, v.Bound} {
		b = append(append(b, byte(len(text))), text...)
	}
	return b
}

var errVoucher = errors.New("this is not a valid coupon")

// ReadVoucher reads a voucher whose signature is right. keys finds a public key by its id,
// nil when there is none. Every text that is none is told alike.
func ReadVoucher(text string, keys func(id []byte) ed25519.PublicKey) (v Voucher, err error) {
	text, is := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(text)), CouponPrefix)
	if !is || len(text) > couponText.EncodedLen(longestVoucher+ed25519.SignatureSize) {
		return v, errVoucher
	}
	whole, err := couponText.DecodeString(text)
	if err != nil || len(whole) < ed25519.SignatureSize {
		return v, errVoucher
	}
	body := whole[:len(whole)-ed25519.SignatureSize]
	next := func(n int) (part []byte) {
		if n < 0 || n > len(whole)-ed25519.SignatureSize {
			whole, n = nil, 0
			return nil
		}
		part, whole = whole[:n], whole[n:]
		return part
	}
	byLength := func() []byte {
		if n := next(1); len(n) == 1 {
			return next(int(n[0]))
		}
		return nil
	}
	signature := whole[len(body):]
	id, serial, until := byLength(), next(SerialBytes), next(8)
	promotion, bound := byLength(), byLength()
	if len(serial) != SerialBytes || len(until) != 8 || len(id) == 0 || len(id) > longestKeyID {
		return v, errVoucher
	}
	v = Voucher{[SerialBytes]byte(serial), string(promotion), string(bound),
		time.Unix(int64(binary.BigEndian.Uint64(until)), 0).UTC()}
	if keys == nil {
		return Voucher{}, errVoucher
	}
	key := keys(id)
	if v.check() != nil || string(v.write(id)) != string(body) || len(key) != ed25519.PublicKeySize ||
		couponText.EncodeToString(append(body, signature...)) != text ||
		!ed25519.Verify(key, append([]byte(couponContext), body...), signature) {
		return Voucher{}, errVoucher
	}
	return v, nil
}

// Where is the station and the person a coupon is shown by, if they are known.
type Where struct {
	Station string
	Person  string // of a customer who is known here; empty: a guest
	Online  bool   // the centre can be asked, and counts the use
	At      time.Time
}

// Refused is why a coupon cannot be used; empty: it can.
type Refused string

// Why coupons are refused.
const (
	NoCoupon     Refused = "no_coupon"    // nobody here knows it
	CouponOver   Refused = "over"         // its time is over, or that of its promotion
	CouponEarly  Refused = "early"        // its promotion begins later
	CouponBound  Refused = "bound"        // to another station or person
	CouponOnline Refused = "online"       // only the centre can say, and it cannot be asked
	CouponSpent  Refused = "no_uses_here" // this station may give none without asking
)

// Use is a coupon that may be used, and how often: who sells counts the uses of each
// Promotion and Serial, in the transaction in which the sale is made.
type Use struct {
	Shown
	Most int  // uses at this station; 0: as many as the centre allows
	Ask  bool // the centre has to agree to each use
}

// Redeem says which coupon a text is, and whether it may be used here. A signed voucher and
// uses that the station was given are good without the centre; others are not.
func (s *Snapshot) Redeem(text string, w Where, keys func([]byte) ed25519.PublicKey) (Use, Refused) {
	var u Use
	var p *Promotion
	if v, err := ReadVoucher(text, keys); err == nil {
		if p = s.find(v.Promotion); p == nil || p.Coupon == nil || !p.Coupon.Signed {
			return u, NoCoupon
		}
		station := v.Bound == ToStation+w.Station && w.Station != ""
		if person := v.Bound == ToPerson+w.Person && w.Person != ""; !station && !person {
			return u, CouponBound
		}
		if !w.At.Before(v.Until) {
			return u, CouponOver
		}
		u = Use{Shown{p.ID, couponText.EncodeToString(v.Serial[:])}, 1, false}
	} else {
		if p = s.byCode(text); p == nil {
			return u, NoCoupon
		}
		u = Use{Shown{Promotion: p.ID}, p.Coupon.Limit, p.Coupon.Online}
		switch {
		case u.Ask && !w.Online:
			return Use{}, CouponOnline
		case u.Ask:
			u.Most = 0
		case u.Most == 0 && !w.Online:
			return Use{}, CouponSpent
		case u.Most == 0:
			u.Ask = true
		}
	}
	switch {
	case !p.From.IsZero() && w.At.Before(p.From):
		return Use{}, CouponEarly
	case !p.Until.IsZero() && !w.At.Before(p.Until):
		return Use{}, CouponOver
	}
	return u, ""
}

func (s *Snapshot) find(id string) *Promotion {
	for i := range s.Promotions {
		if s.Promotions[i].ID == id {
			return &s.Promotions[i]
		}
	}
	return nil
}

// byCode is the promotion that a printed code is for; nil: none.
func (s *Snapshot) byCode(text string) *Promotion {
	hash := CodeHash(text)
	for i := range s.Promotions {
		if p := &s.Promotions[i]; p.Coupon != nil && slices.Contains(p.Coupon.Codes, hash) {
			return p
		}
	}
	return nil
}

// CodeHash is how a printed code stands in a snapshot: SHA-256 of it in capital letters.
func CodeHash(text string) string {
	sum := sha256.Sum256([]byte(strings.ToUpper(strings.TrimSpace(text))))
	return hex.EncodeToString(sum[:])
}
