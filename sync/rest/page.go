package rest

import (
	"encoding/base64"
	"hash/crc32"

	"cubby/sync/problem"
	"cubby/sync/strict"
)

// PageToken hides the last id of a page: base64url of it and its CRC-32, four
// bytes, big endian.
func PageToken(after string) string {
	sum := crc32.ChecksumIEEE([]byte(after))
	return base64.RawURLEncoding.EncodeToString(
		append([]byte(after), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)))
}

// ParsePageToken reads the id back. Other texts are refused.
func ParsePageToken(token string) (after string, err error) {
	if after, err = ParsePageText(token); err != nil || strict.ValidID(after) {
		return after, err
	}
	return "", badPageToken()
}

// ParsePageText is ParsePageToken where a list is in the order of any texts.
func ParsePageText(token string) (after string, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if n := len(b) - 4; err == nil && n >= 1 && PageToken(string(b[:n])) == token {
		return string(b[:n]), nil
	}
	return "", badPageToken()
}

func badPageToken() error {
	return problem.BadParameter("page_token", "is not one that was given out here; begin again without it")
}
