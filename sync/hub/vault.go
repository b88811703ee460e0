package hub

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// A vault seals what the hub keeps of people and codes, and makes hashes nobody else can,
// both with the hub's key (32 bytes).
type vault struct {
	aead cipher.AEAD
	mark []byte

	derived func(use string) []byte // a key for another use
}

func newVault(key []byte) (*vault, error) {
	if len(key) != 32 {
		return nil, errors.New("the hub's key has 32 bytes")
	}
	derived := func(use string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte("cubbyhub " + use))
		return m.Sum(nil)
	}
	block, err := aes.NewCipher(derived("seal"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	return &vault{aead, derived("mark"), derived}, err
}

// seal encrypts a text: 12 bytes nonce, ciphertext, 16 bytes tag. nil stays nil.
func (v *vault) seal(text []byte) []byte {
	if text == nil {
		return nil
	}
	nonce := make([]byte, v.aead.NonceSize(), v.aead.NonceSize()+len(text)+v.aead.Overhead())
	rand.Read(nonce)
	return v.aead.Seal(nonce, nonce, text, nil)
}

// unseal reads what seal wrote.
func (v *vault) unseal(sealed []byte) ([]byte, error) {
	if sealed == nil {
		return nil, nil
	}
	n := v.aead.NonceSize()
	if len(sealed) < n {
		return nil, errors.New("what is sealed is too short")
	}
	text, err := v.aead.Open(nil, sealed[:n], sealed[n:], nil)
	if err != nil {
		return nil, errors.New("it was sealed with another key: is this the hub's own key file?")
	}
	return text, nil
}

// hash is a keyed hash of a text of some kind, hexadecimal.
func (v *vault) hash(kind, text string) string {
	m := hmac.New(sha256.New, v.mark)
	m.Write([]byte(kind + "\x00" + text))
	return hex.EncodeToString(m.Sum(nil))
}
