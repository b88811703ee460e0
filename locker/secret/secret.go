// Package secret makes and recognises the secrets of a station: pickup codes,
// PINs, badges and API tokens. In clear they leave it once; what is kept are
// hashes keyed with the station's key.
//
// A Keys value is read-only after it was made and safe for concurrent use,
// except that PIN hashes are computed one at a time to bound memory.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"

	"cubby/locker/people"
	"cubby/locker/visit"
)

const keyBytes = 32

// Keys are the keys of one station, derived from the one in its key file.
type Keys struct {
	code, pin, courierPIN, staffPIN, badge, salt, sum, cursor, mark, messages, repeats, tail []byte

	seal       cipher.AEAD
	oneAtATime *sync.Mutex // guards the 19 MiB a PIN hash needs
}

// Open reads the station's key file, or makes it with 32 random bytes when it
// does not exist and may be made (create). The file must be readable by its
// owner only.
func Open(path string, create bool) (*Keys, error) {
	raw, err := File(path, "station key", create)
	if err != nil {
		return nil, err
	}
	return Derive(raw)
}

// File reads the 32 bytes of a key file as Open does; what names it in errors.
func File(path, what string, create bool) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		raw, err = makeKeyFile(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: restore it from the backup; without it no code can be recognised", what,
			err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s %s is readable by others (mode %o): chmod 600 it", what, path,
			info.Mode().Perm())
	}
	if len(raw) != keyBytes {
		return nil, fmt.Errorf("%s %s has %d bytes, not %d: restore it from the backup; without it no code "+
			"can be recognised", what, path, len(raw), keyBytes)
	}
	return raw, nil
}

// makeKeyFile writes a new key so that it is there completely or not at all.
func makeKeyFile(path string) ([]byte, error) {
	raw := make([]byte, keyBytes)
	rand.Read(raw)
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(raw); err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return nil, err
	}
	if err = os.Link(tmp.Name(), path); err != nil { // refuses to replace
		return nil, err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return raw, errors.Join(dir.Sync(), dir.Close())
}

// Derive makes the keys from the station's 32 key bytes (HKDF-SHA256, one label
// for each use).
func Derive(raw []byte) (*Keys, error) {
	k := &Keys{oneAtATime: new(sync.Mutex)}
	var sealing []byte
	for _, part := range []struct {
		label string
		to    *[]byte
	}{
		{"code", &k.code}, {"pin", &k.pin}, {"courier-pin", &k.courierPIN}, {"staff-pin", &k.staffPIN},
		{"badge", &k.badge}, {"salt", &k.salt},
		{"sum", &k.sum}, {"cursor", &k.cursor}, {"mark", &k.mark}, {"messages", &k.messages},
		{"repeats", &k.repeats}, {"tail", &k.tail},
		{"seal", &sealing},
	} {
		b, err := hkdf.Key(sha256.New, raw, nil, "cubby/1/"+part.label, keyBytes)
		if err != nil {
			return nil, err
		}
		*part.to = b
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	k.seal, err = cipher.NewGCMWithRandomNonce(block)
	return k, err
}

// Cursor is the key that proves which cursors of the change feed are the station's.
func (k *Keys) Cursor() []byte { return k.cursor }

// Messages is the key that seals what waits to be sent to customers.
func (k *Keys) Messages() []byte { return k.messages }

// Repeats is the key that seals the answers kept for repeats of requests.
func (k *Keys) Repeats() []byte { return k.repeats }

// codeAlphabet is RFC 4648 base32 without padding: capitals and digits only, so
// that QR codes use their compact alphanumeric mode.
var codeAlphabet = base32.StdEncoding.WithPadding(base32.NoPadding)

// codeLength is what 128 bits take in base32.
const codeLength = 26

const badgePrefix = "B:"

// MemberPrefix begins what the QR code of a member says; a code follows.
const MemberPrefix = "M:"

func randomCode() string {
	var b [16]byte
	rand.Read(b[:])
	return codeAlphabet.EncodeToString(b[:])
}

// randomPIN draws decimal digits, all equally likely: 8 of them are 26.6 bits.
func randomPIN(digits int) string {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	n, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", digits, n)
}

// NewPickup makes the code and PIN of a deposit. It takes tens of milliseconds.
func (k *Keys) NewPickup() *visit.Secret {
	s := &visit.Secret{Code: randomCode(), PIN: randomPIN(8)}
	s.CodeHash = k.mac(k.code, s.Code)
	s.PINHash = k.HashPIN(s.PIN).Customer
	s.Rotating = codeAlphabet.EncodeToString(k.tailKey(s.Code))
	return s
}

// WithShort adds a PIN of six digits, which goes with another factor. It takes as long.
func (k *Keys) WithShort(s *visit.Secret) *visit.Secret {
	s.Short = randomPIN(6)
	s.ShortHash = k.HashPIN(s.Short).Customer
	return s
}

// tailKey is the key of the tails of a code: 20 bytes, as RFC 4226 recommends.
func (k *Keys) tailKey(code string) []byte {
	m := hmac.New(sha256.New, k.tail)
	m.Write([]byte(code))
	return m.Sum(nil)[:20]
}

// NewCourier makes a badge and a PIN for a courier.
func (k *Keys) NewCourier() (badge, pin string, hashes people.CourierHashes) {
	badge, pin = badgePrefix+randomCode(), randomPIN(8)
	hashes.Badge = k.mac(k.badge, badge)
	hashes.PIN = k.HashPIN(pin).Courier
	return badge, pin, hashes
}

// NewEmployee makes a badge and a PIN for somebody of the staff.
func (k *Keys) NewEmployee() (badge, pin string, hashes people.EmployeeHashes) {
	badge, pin = badgePrefix+randomCode(), randomPIN(8)
	hashes.Badge = k.mac(k.badge, badge)
	hashes.PIN = k.HashPIN(pin).Staff
	return badge, pin, hashes
}

// Account hashes the badge and the PIN of an account that was made elsewhere. It takes tens
// of milliseconds. ok: the badge has the form of one.
func (k *Keys) Account(badge, pin string) (hash string, pins PINHashes, ok bool) {
	if code, is := strings.CutPrefix(badge, badgePrefix); !is || !isCode([]byte(code)) {
		return "", pins, false
	}
	return k.mac(k.badge, badge), k.HashPIN(pin), true
}

// PINHashes are the hashes that a PIN has, by whose it could be.
type PINHashes struct{ Customer, Courier, Staff string }

func (k *Keys) mac(key []byte, s string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(s))
	return hex.EncodeToString(m.Sum(nil))
}

// HashPIN returns the hashes that a PIN has. The
// slow part is Argon2id with 19 MiB and two passes (OWASP's minimum); its salt
// is the station's, because a PIN alone must find its parcel. The result is
// keyed as well, so that the database without the key file gives nothing away.
func (k *Keys) HashPIN(pin string) PINHashes {
	k.oneAtATime.Lock()
	defer k.oneAtATime.Unlock()
	slow := string(argon2.IDKey([]byte(pin), k.salt, 2, 19*1024, 1, keyBytes))
	return PINHashes{k.mac(k.pin, slow), k.mac(k.courierPIN, slow), k.mac(k.staffPIN, slow)}
}

// Sum is a keyed sum of texts, 16 bytes: whoever has not the key cannot make it.
func (k *Keys) Sum(parts ...string) []byte {
	m := hmac.New(sha256.New, k.sum)
	var length [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		m.Write(length[:])
		io.WriteString(m, p)
	}
	return m.Sum(nil)[:16]
}

// Mark is what is kept of a text that is only ever compared: an HMAC under a key for it.
// kind tells texts of different use apart.
func (k *Keys) Mark(kind, text string) string { return k.mac(k.mark, kind+"\x00"+text) }

// NewToken makes an API token of 160 random bits and its SHA-256.
func NewToken() (token, hash string) {
	var b [20]byte
	rand.Read(b[:])
	token = "cubby_" + codeAlphabet.EncodeToString(b[:])
	h := sha256.Sum256([]byte(token))
	return token, hex.EncodeToString(h[:])
}

// Seal encrypts text bound to what it belongs to (AES-256-GCM, random nonce).
func (k *Keys) Seal(belongsTo, text string) []byte {
	return k.seal.Seal(nil, nil, []byte(text), []byte(belongsTo))
}

// Unseal reverses Seal; it fails when either argument was changed.
func (k *Keys) Unseal(belongsTo string, sealed []byte) (string, error) {
	b, err := k.seal.Open(nil, nil, sealed, []byte(belongsTo))
	return string(b), err
}
