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
	"net/http"
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

// CheckSecret says what is wrong with a secret.
func CheckSecret(text string) error {
	_, err := readSecret(text)
	return err
}

// tolerance is how far the time of a posted event may be from ours, either way.
const tolerance = 5 * time.Minute

// Verify holds what was posted against a secret. The error says what does not fit; nothing
// of the body is to be believed then. That it came before is for the caller to know, by
// its id.
func Verify(secret string, header http.Header, body []byte, now time.Time) error {
	id := header.Get(HeaderID)
	seconds, err := strconv.ParseInt(header.Get(HeaderTimestamp), 10, 64)
	if id == "" || err != nil {
		return errors.New("the headers " + HeaderID + " and " + HeaderTimestamp + " are missing")
	}
	at := time.Unix(seconds, 0)
	if d := now.Sub(at); d > tolerance || d < -tolerance {
		return errors.New("it is of another time: more than 5 minutes from now")
	}
	want, err := Sign(secret, id, at, body)
	if err != nil {
		return err
	}
	for _, one := range strings.Fields(header.Get(HeaderSignature)) {
		if hmac.Equal([]byte(one), []byte(want)) {
			return nil
		}
	}
	return errors.New("the signature is not that of our secret")
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
