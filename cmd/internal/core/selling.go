package core

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/centre"
	"cubby/locker/ledger"
	"cubby/locker/shop"
	"cubby/locker/shop/catalogue"
	"cubby/locker/shop/payment"
	"cubby/locker/shop/price"
	"cubby/locker/station"
	keep "cubby/locker/store"
	"cubby/locker/visit"
	posted "cubby/sync/api/payments"
	"cubby/sync/api/prices"
	store "cubby/sync/catalogue"
	"cubby/sync/pay"
)

// selling is what the shop needs of the outside: what is offered, what it costs, and who
// takes the money.
type selling struct {
	offered *offered
	prices  *priceList
	worker  *pay.Worker
	log     *slog.Logger
	sold    shop.Settings
	station *station.Station // set before there is anybody to ask
}

func newSelling(cfg *config.Config, o offers, kept *keep.Store, log *slog.Logger) (*selling, error) {
	s := &selling{log: log, prices: &priceList{path: filepath.Join(cfg.Station.DataDir, "prices.json")}}
	if o.store != nil {
		s.offered = &offered{store: o.store, log: log}
	}
	if err := s.prices.load(); err != nil {
		log.Error("the prices cannot be read, and nothing is sold", "file", s.prices.path, "error", err)
	}
	providers, err := cfg.PaymentProviders()
	if err != nil {
		return nil, err
	}
	s.sold = s.settings(cfg)
	s.worker = pay.NewWorker(pay.Config{Providers: providers, Log: log, Tell: s.heard,
		Find: finished{kept.SaleOfAttempt, log.Warn}.find})
	return s, nil
}

// list is what prices are read and replaced in; nil: there is no shop.
func (s *selling) list(cfg *config.Config) prices.List {
	if !cfg.Shop.Enabled {
		return nil
	}
	return s.prices
}

// notices takes in what payment providers post by themselves; nil: no secret is configured.
// One that cannot be read is told in the log: providers are asked all the same.
func (s *selling) notices(cfg *config.Config) posted.Taker {
	file := cfg.Shop.Payment.WebhookSecretFile
	if !cfg.Shop.Enabled || file == "" {
		return nil
	}
	secret, err := pay.ReadSecret(file)
	if err != nil {
		s.log.Error("notices of payment providers are not taken in", "error", err)
		return nil
	}
	return &pay.Notices{Secret: secret, Hint: s.worker.Hint}
}

// heard passes on what was heard of an attempt to pay. It returns when that is committed.
func (s *selling) heard(ctx context.Context, c pay.Command) error {
	err := s.station.Settle(ctx, shop.Hear{Sale: c.Order, Attempt: c.Attempt, In: c.Input})
	if refused := new(ledger.Refusal); errors.As(err, &refused) && refused.Code != ledger.Unavailable {
		s.log.Warn("what a payment provider has said is not taken", "sale", c.Order, "attempt", c.Attempt, "error",
			err)
		return nil // it never will be: the sale is not there, or contradicts it
	}
	return err
}

// run asks providers until ctx ends.
func (s *selling) run(ctx context.Context) error {
	s.worker.Run(ctx)
	return nil
}

// effects are what the rules of the shop ask for.
func (s *selling) effects() map[string]func(ledger.Effect) {
	return map[string]func(ledger.Effect){
		shop.Ask{}.Kind(): func(e ledger.Effect) {
			a := e.(shop.Ask)
			s.worker.Set(a.Sale, a.Errands)
		},
	}
}

// settings are what the operator has decided of the shop.
func (s *selling) settings(cfg *config.Config) shop.Settings {
	set := shop.Settings{
		Open: cfg.Shop.Enabled, Station: cfg.Station.ID, Shop: cfg.Shop.Name, Country: cfg.Shop.Country,
		Prices:      s.prices.now,
		PickupHours: cfg.Shop.PickupHours, Pick: cfg.Shop.PickTime, Hours: cfg.OpeningHours(),
		Counter: cfg.Shop.Counter, Kerbside: cfg.Shop.Kerbside, Later: cfg.Shop.Later,
		PayFor: map[payment.Tender]time.Duration{},
	}
	set.Away = func(t payment.Tender) bool { return t != payment.Cash && s.worker.State(t) != pay.Working }
	if s.offered != nil {
		set.Catalogue = s.offered
	}
	for _, t := range []payment.Tender{payment.Phone, payment.Terminal, payment.Cash} {
		if life := cfg.PaymentTime(t); life > 0 {
			set.Tenders = append(set.Tenders, t)
			set.PayFor[t] = life
		}
	}
	return set
}

// exchange is what the operator and the centre have decided, for a station that is served.
func (c *Core) exchange(told []centre.Policy) visit.Policy {
	p := c.rules.exchange(told)
	p.Rooms["shop"] = c.selling.sold
	return p
}

// priceList is the snapshot of prices by which is sold.
type priceList struct {
	path    string
	current atomic.Pointer[price.Snapshot]
	writing sync.Mutex
}

func (p *priceList) now() *price.Snapshot { return p.current.Load() }

func (p *priceList) load() error {
	text, err := os.ReadFile(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := price.Read(text, nil)
	if err != nil {
		return err
	}
	p.current.Store(s)
	return nil
}

// Put takes in another snapshot: written first, then sold by.
func (p *priceList) Put(text []byte) (*price.Snapshot, error) {
	s, err := price.Read(text, nil)
	if err != nil {
		return nil, err
	}
	p.writing.Lock()
	defer p.writing.Unlock()
	aside := p.path + ".new"
	f, err := os.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keep the prices: %w", err)
	}
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(aside, p.path)
	}
	if err != nil {
		return nil, fmt.Errorf("keep the prices: %w", err)
	}
	p.current.Store(s)
	return s, nil
}

// Now is the snapshot that holds; nil: there is none.
func (p *priceList) Now() *price.Snapshot { return p.now() }

// offered is the catalogue as the rules of the shop ask for it. It answers from the file of
// the station; what cannot be read is not offered.
type offered struct {
	store *store.Store
	log   *slog.Logger

	mu      sync.Mutex // guards what follows
	version int64
	all     []catalogue.Counted
	shown   map[string]string // picture by category
}

const lookFor = time.Second // one question of the catalogue

func (o *offered) asked(do func(ctx context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), lookFor)
	defer cancel()
	err := do(ctx)
	if refused := new(ledger.Refusal); err != nil && !errors.As(err, &refused) {
		o.log.Warn("the catalogue does not answer", "error", err)
	}
	return err == nil
}

// Product is the product that a variant is of.
func (o *offered) Product(sku string) (p catalogue.Product, ok bool) {
	ok = o.asked(func(ctx context.Context) (err error) {
		p, err = o.store.SKU(ctx, sku)
		return err
	})
	return p, ok
}

// WithGTIN is the variant with an article number.
func (o *offered) WithGTIN(gtin string) (sku string, ok bool) {
	ok = o.asked(func(ctx context.Context) (err error) {
		_, sku, err = o.store.GTIN(ctx, gtin)
		return err
	})
	return sku, ok
}

// categories reads them once for each version of the catalogue.
func (o *offered) categories() []catalogue.Counted {
	o.mu.Lock()
	defer o.mu.Unlock()
	if v := o.store.Version().Number; v != o.version || o.all == nil {
		o.asked(func(ctx context.Context) (err error) {
			if o.all, err = o.store.Categories(ctx); err != nil {
				return err
			}
			o.version, o.shown = v, map[string]string{}
			for _, c := range o.all {
				page, err := o.store.Search(ctx, catalogue.Query{Category: c.ID, Limit: 1})
				if err != nil {
					return err
				}
				for _, p := range page.Products {
					if len(p.Pictures) > 0 {
						o.shown[c.ID] = p.Pictures[0].Hash
					}
				}
			}
			return nil
		})
	}
	return o.all
}

// Categories are those below another.
func (o *offered) Categories(parent string) (all []shop.Part) {
	for _, c := range o.categories() {
		if c.Parent == parent && c.Count > 0 {
			all = append(all, shop.Part{Category: c.Category, Products: c.Count, Picture: o.shown[c.ID]})
		}
	}
	return all
}

// Category is one of them, and those that it is below.
func (o *offered) Category(id string) (c catalogue.Category, path []string, ok bool) {
	all := o.categories()
	for next := id; next != "" && len(path) < catalogue.MaxDepth; {
		i := slices.IndexFunc(all, func(c catalogue.Counted) bool { return c.ID == next })
		if i < 0 {
			break
		}
		if path = append(path, next); next == id {
			c, ok = all[i].Category, true
		}
		next = all[i].Parent
	}
	return c, path, ok
}

// Search finds products.
func (o *offered) Search(q shop.Query) (skus []string, found int) {
	o.asked(func(ctx context.Context) error {
		page, err := o.store.Search(ctx, catalogue.Query{
			Text: q.Text, Category: q.Category, Offset: q.From, Limit: q.Count,
		})
		for _, p := range page.Products {
			skus = append(skus, p.Variants[0].SKU)
		}
		found = page.Total
		return err
	})
	return skus, found
}
