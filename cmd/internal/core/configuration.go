package core

import (
	"context"

	"cubby/cmd/internal/config"
	returnpolicy "cubby/locker/returns/policy"
	"cubby/sync/api/configuration"
)

// configuration tells what the station goes by: its file, defaults, and what the centre has
// told in place of them.
func (s staff) configuration(cfg *config.Config) configuration.Teller {
	return func(ctx context.Context) (configuration.Told, error) {
		shown := cfg.Shown()
		told := configuration.Told{
			Values: shown.Values, FromFile: shown.FromFile, FromCentre: map[string]any{},
		}
		if name := s.View("").Station; name != cfg.Station.Name && name != "" {
			told.FromCentre["station.name"] = name
		}
		rules, err := s.Policies(ctx)
		shops := []string{}
		for _, r := range rules {
			if r.From == returnpolicy.FromCentre {
				shops = append(shops, r.Shop)
			}
		}
		if len(shops) > 0 {
			told.FromCentre["returns.rules"] = shops
		}
		return told, err
	}
}
