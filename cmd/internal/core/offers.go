package core

import (
	"log/slog"
	"path/filepath"

	"cubby/cmd/internal/config"
	"cubby/sync/catalogue"
)

// offers are what the shop offers; without a store nothing is sold.
type offers struct{ store *catalogue.Store }

// openOffers opens them where things are sold. A station whose catalogue cannot be read goes
// on with its parcels.
func openOffers(cfg *config.Config, log *slog.Logger) offers {
	if !cfg.Shop.Enabled {
		return offers{}
	}
	folder := filepath.Join(cfg.Station.DataDir, "catalogue")
	s, err := catalogue.Open(folder)
	if err != nil {
		log.Error("the catalogue cannot be read, and nothing is sold: remove its folder, start anew and "+
			"import it again", "folder", folder, "error", err)
		return offers{}
	}
	return offers{s}
}

func (o offers) close() error {
	if o.store == nil {
		return nil
	}
	return o.store.Close()
}
