package secret

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"

	"cubby/locker/secret/token"
	"cubby/locker/visit"
)

// A Centre is what tokens are held against. With the zero Centre none is good.
type Centre struct {
	Station string // what the centre calls this station
	Keys    token.List
}

// shortestToken is the length from which on a text that begins like a token is one, or a
// damaged one: its signature alone takes 96 characters. Labels are shorter.
const shortestToken = 100

func isToken(data []byte) bool {
	return len(data) >= shortestToken && bytes.HasPrefix(data, []byte(token.Prefix))
}

// ofToken reads a token. Its time is for the rules to judge, who know how far the clock is
// believed. The hash of a token is its id: what proves the right to a parcel is the
// signature, of which nothing goes on.
func ofToken(text string, of Centre) visit.Present {
	p := visit.Present{CodeHash: "token:", Presented: "token", Token: &visit.Token{Wrong: "invalid"}}
	var key token.Key
	claims, _, err := token.Read(text, func(id []byte) ed25519.PublicKey {
		key, _ = of.Keys.Of(token.Pickup, id)
		return key.Public
	})
	if err != nil || of.Station == "" {
		return p
	}
	id := hex.EncodeToString(claims.ID[:])
	p.CodeHash += id
	p.Token = &visit.Token{
		ID: id, Label: claims.Label, NotBefore: claims.NotBefore, Expires: claims.Expires,
		KeyFrom: key.From, KeyUntil: key.Until,
	}
	_, denied := of.Keys.Denied(claims.ID)
	switch {
	case claims.Station != of.Station:
		p.Token.Wrong, p.Token.Station = "foreign", claims.Station
	case denied:
		p.Token.Wrong = "denied"
	}
	return p
}
