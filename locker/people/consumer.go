package people

import (
	"slices"

	"cubby/locker/ledger"
)

// The scopes of a key that make its client a consumer.
const (
	scopeEvents = "events:read"
	scopeCodes  = "codes:read"
)

// A Consumer is a client of the change feed that passes the clear codes on to the
// customers. A code is erased when all consumers have acknowledged it.
type Consumer struct {
	Name         string `json:"name"`         // of its key
	Acknowledged int64  `json:"acknowledged"` // it has every code up to this sequence
}

// Consumers by the names of their keys. Which there are follows from the log. How
// far each has read does not: a fact for every page that is read would fill the
// log with what nobody asks for later, and the codes are in no log either.
var Consumers = ledger.NewTable("consumers", "name", ledger.InMemory[Consumer](),
	ledger.Logged(func(c Consumer) (Consumer, bool) { return Consumer{Name: c.Name}, true }))

// Delivers reports whether the key makes its client a consumer: it may read codes,
// and is not marked as one that only reads.
func (k Key) Delivers() bool {
	return !k.Revoked && !k.ReadsOnly &&
		slices.Contains(k.Scopes, scopeEvents) && slices.Contains(k.Scopes, scopeCodes)
}

// Acknowledge returns what changes when a consumer has every code up to a sequence.
// It is nothing when it had them before, and for whoever is no consumer.
func Acknowledge(from ledger.Source, consumer string, through int64) ledger.Changes {
	s := ledger.NewState(from)
	if c, ok := Consumers.Get(s, consumer); ok && c.Acknowledged < through {
		c.Acknowledged = through
		Consumers.Put(s, consumer, c)
	}
	return s.Changes()
}
