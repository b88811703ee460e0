package core

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cubby/cmd/internal/config"
	"cubby/locker/health"
	"cubby/sync/refund"
)

// payments orders refunds from their providers. Its methods do not block; what a provider
// answers goes back to the station.
type payments struct {
	routes refund.Routes
	log    *slog.Logger
	ctx    context.Context // ends with the core
	within time.Duration   // bounds one order with its questions

	answered func(o refund.Order, provider string, a refund.Answer)
	note     func(device, state, detail string, at time.Time)

	places  chan struct{} // of those that are asked for at once
	working sync.WaitGroup

	mu       sync.Mutex      // guards what follows
	underWay map[string]bool // by the id of the refund
}

const paymentsAtOnce = 4

func newPayments(ctx context.Context, cfg *config.Config, log *slog.Logger) (*payments, error) {
	p := &payments{
		log: log, ctx: ctx, within: time.Minute, places: make(chan struct{}, paymentsAtOnce),
		underWay: map[string]bool{},
	}
	for i, one := range cfg.Providers() {
		provider, err := refund.NewStripe(one)
		if err != nil {
			return nil, err
		}
		p.within = max(p.within, 6*one.Timeout)
		p.routes = append(p.routes, refund.Route{
			Name: one.Name, Tenders: cfg.RefundProviders[i].Tenders, Provider: provider,
		})
	}
	return p, nil
}

// open tells how the providers are, as far as that is known without asking them.
func (p *payments) open(cfg *config.Config) {
	for _, one := range cfg.Providers() {
		state, detail := "working", ""
		if _, err := refund.ReadKey(one.KeyFile); err != nil {
			state, detail = string(refund.KeyRefused), err.Error()
		}
		p.note(providerDevice(one.Name), state, detail, time.Now())
	}
}

func providerDevice(name string) string { return health.Refunds + " " + name }

// pay orders a refund. One that is being ordered already is not ordered beside that.
func (p *payments) pay(o refund.Order) {
	p.mu.Lock()
	busy := p.underWay[o.ID]
	p.underWay[o.ID] = true
	p.mu.Unlock()
	if busy {
		return
	}
	p.working.Go(func() {
		route := p.routes.For(o.Kind)
		a, asked := p.ask(route, o)
		p.mu.Lock()
		delete(p.underWay, o.ID)
		p.mu.Unlock()
		if asked {
			p.answered(o, route.Name, a)
		}
	})
}

// ask reports false when the core ends before there is an answer: the next one asks again.
func (p *payments) ask(route refund.Route, o refund.Order) (refund.Answer, bool) {
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-p.ctx.Done():
		return refund.Answer{}, false
	}
	ctx, cancel := context.WithTimeout(p.ctx, p.within)
	defer cancel()
	a := route.Provider.Refund(ctx, o)
	if p.ctx.Err() != nil && !a.State.Final() {
		return a, false
	}
	p.log.Info("refund", "refund", o.ID, "provider", route.Name, "attempt", o.Attempt, "state", a.State,
		"detail", a.Detail)
	if route.Name != refund.CentreName {
		state := "working"
		if a.Trouble != refund.None {
			state = string(a.Trouble)
		}
		detail := ""
		if a.Trouble != refund.None {
			detail = a.Detail
		}
		p.note(providerDevice(route.Name), state, detail, time.Now())
	}
	return a, true
}
