// Package prices is the resource family of what things cost: one snapshot of prices, taxes
// and promotions, which is read and replaced as a whole.
package prices

import (
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/shop/price"
	"cubby/sync/problem"
	"cubby/sync/rest"
)

//go:embed fragment.json
var fragment []byte

// The rights that these routes need: those of the catalogue.
const (
	read  = "catalogue:read"
	write = "catalogue:write"
)

// A List is the snapshot by which is sold.
type List interface {
	// Now is the snapshot that holds; nil: there is none.
	Now() *price.Snapshot
	// Put has a snapshot be sold by, once it is written. What cannot be sold by is refused as
	// price.Read refuses it; any other error says that it could not be kept.
	Put(text []byte) (*price.Snapshot, error)
}

type family struct{ list List }

// Family is the family over a list; nil: there is no shop here, as each route answers.
func Family(l List) rest.Family {
	f := family{l}
	replace := rest.Route{Method: "PUT", Path: "/v1/prices", Scope: write, Query: []string{"check"},
		MaxBody: price.MostBytes, Run: rest.Plain(f.replace)}
	return rest.Family{Name: "prices", Fragment: fragment, Routes: []rest.Route{
		{Method: "GET", Path: "/v1/prices", Scope: read, Run: rest.Plain(f.about)},
		{Method: "GET", Path: "/v1/prices/file", Scope: read, Run: rest.Plain(f.file)},
		replace,
	}}
}

var (
	noShop = ledger.Refuse(ledger.NotFound, "no-shop",
		"there is no shop here; set enabled in [shop] of the configuration")
	noPrices = ledger.Refuse(ledger.NotFound, "no-prices",
		"there are no prices here, and nothing is sold; PUT /v1/prices, or cubbyctl prices import FILE")
)

// stateAnswer says which snapshot holds.
type stateAnswer struct {
	Version    string    `json:"version"`
	Hash       string    `json:"hash"`
	Issued     time.Time `json:"issued"`
	Until      time.Time `json:"until"`
	Good       bool      `json:"good"`
	Currency   string    `json:"currency"`
	Prices     int       `json:"prices"`
	Promotions int       `json:"promotions"`
}

// stateOf says which snapshot one is. Hashing sorts, and others read it: a copy is hashed.
func stateOf(s *price.Snapshot) (stateAnswer, error) {
	own := *s
	own.Prices, own.History = slices.Clone(s.Prices), slices.Clone(s.History)
	own.Promotions = slices.Clone(s.Promotions)
	hash, err := own.Hash()
	return stateAnswer{s.Version, hash, s.Issued.UTC(), s.Until.UTC(), s.Good(time.Now()), s.Currency,
		len(s.Prices), len(s.Promotions)}, err
}

func (f family) now() (*price.Snapshot, error) {
	if f.list == nil {
		return nil, noShop
	}
	if s := f.list.Now(); s != nil {
		return s, nil
	}
	return nil, noPrices
}

func (f family) about(x *rest.Exchange) error {
	s, err := f.now()
	if err != nil {
		return err
	}
	return tell(x, s)
}

func tell(x *rest.Exchange, s *price.Snapshot) error {
	is, err := stateOf(s)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, is)
}

// file sends the whole of it, as an import reads it.
func (f family) file(x *rest.Exchange) error {
	s, err := f.now()
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, s)
}

func (f family) replace(x *rest.Exchange) error {
	if f.list == nil {
		return noShop
	}
	check := false
	switch x.Query().Get("check") {
	case "", "false":
	case "true":
		check = true
	default:
		return problem.BadParameter("check", "must be true or false")
	}
	var s *price.Snapshot
	err := x.Body(func(body []byte) (err error) {
		if s, err = price.Read(body, nil); err != nil {
			return refused(err)
		}
		if !check {
			s, err = f.list.Put(body)
		}
		return err
	})
	if err != nil {
		return err
	}
	return tell(x, s)
}

// refused lists the mistakes of a snapshot, each at its pointer.
func refused(err error) error {
	var wrong *price.Mistakes
	if !errors.As(err, &wrong) || len(wrong.First) == 0 {
		return ledger.Refuse(ledger.Invalid, "bad-prices", "%v", err)
	}
	var all []*ledger.Refusal
	for _, m := range wrong.First {
		one := ledger.Refuse(ledger.Invalid, "bad-prices", "%s", m)
		if strings.HasPrefix(m.At, "/") {
			one = one.At(m.At)
		}
		all = append(all, one)
	}
	if more := wrong.Count - len(all); more > 0 {
		all[0].Message += fmt.Sprintf(" (%d more mistakes are not listed)", more)
	}
	return all[0].And(all[1:]...)
}
