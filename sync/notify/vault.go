package notify

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// A vault seals rows and makes the marks by which persons are told apart.
type vault struct {
	aead cipher.AEAD
	mark []byte
}

func newVault(key []byte) (*vault, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the key that seals messages has %d bytes, not 32", len(key))
	}
	sealing, err := hkdf.Key(sha256.New, key, nil, "cubby/notify/seal", 32)
	if err != nil {
		return nil, err
	}
	mark, err := hkdf.Key(sha256.New, key, nil, "cubby/notify/person", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(sealing)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &vault{aead, mark}, err
}

func (v *vault) seal(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return v.aead.Seal(nil, nil, text, nil), nil
}

func (v *vault) unseal(sealed []byte, into any) error {
	text, err := v.aead.Open(nil, nil, sealed, nil)
	if err != nil {
		return errors.New("a message was sealed with another key: put the key file back that was used then")
	}
	return json.Unmarshal(text, into)
}

// person is the mark of an address. It tells persons apart and names nobody.
func (v *vault) person(channel, address string) string {
	m := hmac.New(sha256.New, v.mark)
	m.Write([]byte(channel + "\x00" + address))
	return hex.EncodeToString(m.Sum(nil)[:16])
}
