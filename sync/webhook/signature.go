// Package webhook tells others what has happened, as Standard Webhooks 1.0.0 has it: each
// event is posted to the endpoints that want it, signed, and again until somebody has it.
// What is to be posted is kept in the caller's database, in the transaction that made it
// known; after a crash it goes on there. The same event has the same id each time.
//
// A Sender is safe for concurrent use.
package webhook

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Headers of a posted event.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp" // Unix seconds
	HeaderSignature = "webhook-signature" // "v1,BASE64", one for each secret, parted by spaces
)

const secretPrefix = "whsec_"

// Bounds of a secret, in bytes, as the specification has them.
const (
	leastSecret = 24
	mostSecret  = 64
)

var errSecret = errors.New("a secret is whsec_ and 24 to 64 bytes in base64; leave it out to have one made")

// NewSecret draws a secret of 32 bytes.
func NewSecret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return secretPrefix + base64.StdEncoding.EncodeToString(b)
}

// readSecret gives the bytes of a secret.
func readSecret(text string) ([]byte, error) {
	b64, ok := strings.CutPrefix(text, secretPrefix)
	if !ok {
		return nil, errSecret
	}
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(b) < leastSecret || len(b) > mostSecret {
		return nil, errSecret
	}
	return b, nil
}

// Sign signs a body with a secret: "v1," and the HMAC-SHA-256 of ID.TIMESTAMP.BODY.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := readSecret(secret)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil)), nil
}
