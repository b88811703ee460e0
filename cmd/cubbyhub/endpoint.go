package main

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"cubby/app/words"
	"cubby/locker/view"
	"cubby/sync/catalogue"
	"cubby/sync/connect/vendure"
	"cubby/sync/hub"
	"cubby/sync/hub/api"
	"cubby/sync/hub/console"
	"cubby/sync/rest"
)

// endpoint puts together what is served: the REST endpoint, and the console beside it.
func (p *program) endpoint(ctx context.Context, h *hub.Hub,
	shops []*vendure.Connector, offers *catalogue.Store) (*rest.Server, error) {
	book, err := words.Open()
	if err != nil {
		return nil, err
	}
	var served *rest.Server
	pages, err := console.New(h, console.Options{
		Name: p.settings.Hub.Name, Version: version(), Log: p.log, Done: ctx.Done(),
		Scopes: func() []string {
			return slices.DeleteFunc(served.Scopes(), func(s string) bool { return !strings.Contains(s, ":") })
		},
		Tell: func(tag string, l view.StoryLine, zone *time.Location) string {
			if !slices.Contains(book.Tags(), tag) {
				tag = words.Fallback
			}
			return words.TellIn(book.For(tag), l, zone)
		},
	})
	if err != nil {
		return nil, err
	}
	served, err = api.New(h, api.Config{Name: p.settings.Hub.Name, Log: p.log, Pages: pages,
		PerMinute: p.settings.Hub.PerMinute, Configuration: p.settings.told, Catalogue: offers})
	if err == nil && len(shops) > 0 {
		err = served.Register(newShopGauges(shops))
	}
	return served, err
}

// version names the commit the program was made of.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return info.Main.Version
}
