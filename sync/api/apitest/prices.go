package apitest

import (
	"sync/atomic"
	"testing"

	"cubby/locker/shop/price"
)

// SomePrices are those of the bench's shop.
const SomePrices = `{"version":"1","issued":"2026-01-01T00:00:00Z","until":"2035-01-01T00:00:00Z",` +
	`"currency":"EUR","tax":{"per":"line","rounding":"half_up","inclusive":true},"classes":{"full":190000},` +
	`"prices":[{"sku":"TS-M","minor":1990,"class":"full"}]}`

// Prices are kept in memory.
type Prices struct {
	now atomic.Pointer[price.Snapshot]
}

// Now is the last one.
func (p *Prices) Now() *price.Snapshot { return p.now.Load() }

// Put keeps one.
func (p *Prices) Put(text []byte) (*price.Snapshot, error) {
	s, err := price.Read(text, nil)
	if err == nil {
		p.now.Store(s)
	}
	return s, err
}

func somePrices(t testing.TB) *Prices {
	p := new(Prices)
	if _, err := p.Put([]byte(SomePrices)); err != nil {
		t.Fatal(err)
	}
	return p
}
