package visit

import (
	"time"

	"cubby/locker/calendar"
)

// A Token is a pickup code that a centre has made, or a text that looks like one. Its
// signature was checked where it was read; of its text nothing is left.
type Token struct {
	// Wrong is what was found there: "invalid", "foreign" (of another station), "denied" (taken
	// back); empty: it is what it says.
	Wrong              string
	Station            string // where it is good, as the centre calls it; only where that is another one
	ID                 string // hexadecimal
	Label              string // of the parcel
	NotBefore, Expires time.Time
	KeyFrom, KeyUntil  time.Time // when its key signs
}

// TokenLag is for how long a key's tokens are taken after its end: a token's longest life, 30
// days, and the longest time a station is promised to work without a network, 14.
const TokenLag = 44 * 24 * time.Hour

// Slack is how far a clock may be off and is believed all the same.
const Slack = calendar.Slack

// WhyNotNow tells why a token is not good now, going by time alone; empty: it is. Where
// nobody knows what time it is, and it matters, that is the reason ("clock").
func (t *Turn) WhyNotNow(k *Token) (why string) {
	for i, now := range CalendarNow.Read(t.State).Moments(t.Clock) {
		said := k.whyNotAt(now)
		if i > 0 && said != why {
			return "clock"
		}
		why = said
	}
	return why
}

func (k *Token) whyNotAt(now time.Time) (why string) {
	switch {
	case now.Before(k.NotBefore.Add(-Slack)):
		return "early"
	case !now.Before(k.Expires.Add(Slack)):
		return "expired"
	case k.NotBefore.Before(k.KeyFrom.Add(-Slack)), !k.NotBefore.Before(k.KeyUntil.Add(Slack)),
		!now.Before(k.KeyUntil.Add(TokenLag)):
		return "key_over"
	}
	return ""
}
