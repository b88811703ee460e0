package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"

	"cubby/sync/catalogue"
	"cubby/sync/hub"
)

// serve answers until ctx ends, then lets what is under way finish.
func (p *program) serve(ctx context.Context) (err error) {
	h, cert, err := p.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	shops := p.connect(h)
	offers, err := catalogue.Open(filepath.Join(p.settings.Hub.DataDir, "catalogue"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, offers.Close()) }()
	endpoint, err := p.endpoint(ctx, h, shops, offers)
	if err != nil {
		return err
	}
	listen, err := net.Listen("tcp", p.settings.Hub.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	doors := []net.Listener{tls.NewListener(listen, cert.config)}
	if at := p.settings.Hub.Plain; at != "" {
		plain, err := net.Listen("tcp", at)
		if err != nil {
			return errors.Join(fmt.Errorf("listen: %w", err), listen.Close())
		}
		doors = append(doors, plain)
	}
	asked := ctx
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var running sync.WaitGroup
	defer running.Wait()
	defer end(nil)
	for _, door := range doors {
		running.Go(func() {
			if err := endpoint.ServeTCP(ctx, door); err != nil {
				end(fmt.Errorf("serve at %s: %w", door.Addr(), err))
			}
		})
	}
	running.Go(func() { p.tidy(ctx, h) })
	running.Go(func() {
		if err := h.RunMessages(ctx); err != nil {
			p.log.Error("messages are not sent any more", "err", err)
		}
	})
	running.Go(func() {
		if err := h.RunWebhooks(ctx); err != nil {
			p.log.Error("webhooks are not posted any more", "err", err)
		}
	})
	for _, k := range shops {
		running.Go(func() {
			if err := k.Run(ctx); err != nil {
				p.log.Error("the shop is not connected any more", "shop", k.Shop, "err", err)
			}
		})
	}
	p.log.Info("the hub serves", "at", p.settings.Hub.Listen, "reached by", p.settings.Hub.PublicURL)
	<-ctx.Done()
	if asked.Err() == nil { // nobody has asked it to end
		return context.Cause(ctx)
	}
	p.log.Info("the hub ends")
	return nil
}

// tidy forgets what is kept for a time.
func (p *program) tidy(ctx context.Context, h *hub.Hub) {
	every := time.NewTicker(hub.TidyEvery)
	defer every.Stop()
	for {
		if err := h.Tidy(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("tidy the hub's database", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}
