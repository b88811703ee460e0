package events

import "cubby/sync/feed"

// What tests look at from outside.
const (
	KeepAlive  = keepAlive
	OwnerBytes = ownerBytes
)

// OwnerOf is how a proof says whose it is.
var OwnerOf = ownerOf

// Parse reads a cursor as the family over this reader does.
func Parse(r Reader, key []byte, text, client string) (feed.Cursor, error) {
	return newFamily(r, key).parseCursor(text, client)
}

// Proof is made of a cursor's text.
func Proof(key []byte, text string, owner []byte) []byte {
	return newFamily(nil, key).proof(text, owner)
}
