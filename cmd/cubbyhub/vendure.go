package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cubby/cmd/internal/config"
	"cubby/locker/ledger"
	"cubby/sync/connect/vendure"
	"cubby/sync/hub"
)

// vendureSettings are one shop.
type vendureSettings struct {
	Shop         string          `toml:"shop"          required:"true"`
	URL          string          `toml:"url"           required:"true"`
	User         string          `toml:"user"          default:""`
	PasswordFile string          `toml:"password_file" default:""`
	KeyFile      string          `toml:"key_file"      default:""`
	Channel      string          `toml:"channel"       default:""`
	Language     string          `toml:"language"      default:""`
	Poll         time.Duration   `toml:"poll_s"        unit:"1s"   min:"1" max:"3600" default:"5"`
	Stock        time.Duration   `toml:"stock_s"       unit:"1s"   min:"0" max:"86400" default:"300"`
	TakeBack     time.Duration   `toml:"take_back_hours" unit:"1h" min:"0" max:"2160" default:"168"`
	Pending      string          `toml:"pending_refunds" default:"wait" oneof:"wait,settle"`
	Places       []placeSettings `toml:"places"        required:"true"`
}

type placeSettings struct {
	Station  string `toml:"station"  required:"true"`
	Method   string `toml:"method"   required:"true"`
	Location string `toml:"location" default:""`
}

// config is the connector of the settings, without its hub.
func (v vendureSettings) config() vendure.Config {
	c := vendure.Config{
		Shop: v.Shop, URL: v.URL, User: v.User, PasswordFile: v.PasswordFile, KeyFile: v.KeyFile,
		Channel:  v.Channel,
		Language: v.Language, Poll: v.Poll, StockEvery: v.Stock, TakeBack: v.TakeBack,
		SettlePending: v.Pending == "settle",
	}
	for _, p := range v.Places {
		c.Places = append(c.Places, vendure.Place(p))
	}
	return c
}

// checkShops looks at all shops, and at what they have in common.
func (c *settings) checkShops(s config.Sheet) {
	for i, v := range c.Vendure {
		at := config.Element("vendure", i)
		one := v.config()
		one.Check(func(key, format string, args ...any) { s.Refuse(at+"."+key, format, args...) })
		if slices.ContainsFunc(c.Vendure[:i], func(o vendureSettings) bool { return o.Shop == v.Shop }) {
			s.Refuse(at+".shop", "is %q, as that of another shop: each has its own", v.Shop)
		}
	}
	if len(c.Vendure) > 0 && c.Hub.Refunds == string(hub.Automatic) {
		s.Refuse("hub.refunds", "is \"automatic\": what the hub calls paid at once, the shop would not pay; "+
			"with [[vendure]] it has to be \"by hand\"")
	}
}

// resolveShops makes paths absolute.
func (c *settings) resolveShops(folder string) {
	for i := range c.Vendure {
		for _, p := range []*string{&c.Vendure[i].PasswordFile, &c.Vendure[i].KeyFile} {
			if *p != "" && !filepath.IsAbs(*p) {
				*p = filepath.Join(folder, *p)
			}
		}
	}
}

// checkShopFiles says whether what is secret can be read.
func (c *settings) checkShopFiles() error {
	for _, v := range c.Vendure {
		one := v.config()
		if err := one.CheckFiles(); err != nil {
			return fmt.Errorf("[[vendure]] %s: %w", v.Shop, err)
		}
	}
	return nil
}

// connect makes the connectors of all shops; the hub shows their troubles.
func (p *program) connect(h *hub.Hub) (all []*vendure.Connector) {
	for _, v := range p.settings.Vendure {
		c := v.config()
		c.Hub, c.Log = h, p.log
		k := vendure.New(c)
		h.AddTroubles(k.Troubles)
		all = append(all, k)
	}
	return all
}

// shops is the command that shows orders of shops.
func (p *program) shops(ctx context.Context, args []string) error {
	if len(args) == 3 && args[0] == "done" {
		return p.with(ctx, func(h *hub.Hub) error {
			err := vendure.Done(ctx, h.Database(), args[1], args[2])
			if r, is := errors.AsType[*ledger.Refusal](err); is {
				return errors.New(r.Message)
			}
			return err
		})
	}
	if len(args) != 1 || args[0] != "list" {
		return errArguments
	}
	return p.with(ctx, func(h *hub.Hub) (err error) {
		return errors.Join(p.table(func(line func(...string)) {
			for _, v := range p.settings.Vendure {
				all, failed := vendure.List(ctx, h.Database(), v.Shop)
				err = errors.Join(err, failed)
				for _, o := range all {
					why := o.Reason
					if o.Error != "" {
						why = o.Error
					}
					line(v.Shop, o.Code, o.Station, o.State, string(o.Step), why)
				}
			}
		}), err)
	})
}

// shopGauges are the metrics of connectors. They name shops, never orders.
type shopGauges struct {
	all              []*vendure.Connector
	orders, fail, at *prometheus.Desc
}

func newShopGauges(all []*vendure.Connector) *shopGauges {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("cubby_hub_vendure_"+name, help, append([]string{"shop"}, labels...), nil)
	}
	return &shopGauges{all,
		describe("orders", "Orders of the shop, by how far they have come.", "step"),
		describe("failing_orders", "Orders that get no further and are tried again."),
		describe("answered_timestamp_seconds", "When the shop answered last."),
	}
}

// Describe sends the descriptions.
func (g *shopGauges) Describe(to chan<- *prometheus.Desc) {
	to <- g.orders
	to <- g.fail
	to <- g.at
}

// Collect reads the tables. What cannot be read is left out.
func (g *shopGauges) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for _, k := range g.all {
		counts, answered, err := k.Counts(ctx)
		if err != nil {
			continue
		}
		failing := 0
		for _, c := range counts {
			failing += c.Failed
			to <- prometheus.MustNewConstMetric(g.orders, prometheus.GaugeValue, float64(c.Orders), k.Shop,
				string(c.Step))
		}
		to <- prometheus.MustNewConstMetric(g.fail, prometheus.GaugeValue, float64(failing), k.Shop)
		if !answered.IsZero() {
			to <- prometheus.MustNewConstMetric(g.at, prometheus.GaugeValue, float64(answered.Unix()), k.Shop)
		}
	}
}
