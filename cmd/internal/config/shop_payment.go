package config

import (
	"net"
	"time"

	"cubby/locker/shop/payment"
	"cubby/sync/pay"
	"cubby/sync/refund"
)

// ShopPayment says how customers pay: on a page of a provider, at a terminal, at the counter.
type ShopPayment struct {
	URL     string `toml:"url" default:""` // of the provider; empty: nobody pays by phone
	KeyFile string `toml:"key_file" default:""`
	// whsec_ and base64, by which the provider signs its notices; empty: it posts none
	WebhookSecretFile string        `toml:"webhook_secret_file" default:""`
	Timeout           time.Duration `toml:"timeout_s" unit:"1s" default:"10" min:"2" max:"60"`
	// how long a page can be paid
	Phone time.Duration `toml:"phone_s" unit:"1s" default:"300" min:"60" max:"3600"`

	Terminal        string        `toml:"terminal" default:""` // host:port; empty: there is none
	TerminalTimeout time.Duration `toml:"terminal_timeout_s" unit:"1s" default:"10" min:"2" max:"60"`
	// how long it shows an amount
	TerminalTime time.Duration `toml:"terminal_s" unit:"1s" default:"120" min:"30" max:"300"`

	Cash bool `toml:"cash" default:"true"` // at the counter
	// how long staff wait for somebody who wants to pay there
	CashTime time.Duration `toml:"cash_min" unit:"1m" default:"30" min:"5" max:"120"`
}

func (c *Config) checkShopPayment(r *reader) {
	const path = "shop.payment"
	p := c.Shop.Payment
	if p.URL != "" {
		if err := refund.CheckURL(p.URL); err != nil {
			r.refuse(path+".url", "%v", err)
		}
		if p.KeyFile == "" {
			r.refuse(path+".key_file", "is empty: the path of the file with the provider's secret key")
		}
	}
	if p.URL == "" && p.KeyFile+p.WebhookSecretFile != "" {
		r.refuse(path+".url", "is empty, and files of a provider are named: its address, or leave them out")
	}
	if p.Terminal != "" {
		if host, port, err := net.SplitHostPort(p.Terminal); err != nil || host == "" || port == "" {
			r.refuse(path+".terminal", "is %q: an address such as \"192.0.2.7:8474\"", p.Terminal)
		}
	}
	if c.Shop.Enabled && p.URL == "" && p.Terminal == "" && !p.Cash {
		r.refuse(path, "leaves no way to pay: a url, a terminal, or cash = true")
	}
}

// PaymentProviders are those that are asked by this station, by what they are asked for.
func (c *Config) PaymentProviders() (map[payment.Tender]pay.Provider, error) {
	p, all := c.Shop.Payment, map[payment.Tender]pay.Provider{}
	if p.URL != "" {
		hosted, err := pay.NewHosted(pay.HostedConfig{
			URL: p.URL, KeyFile: p.KeyFile, Shop: c.Station.Name, Timeout: p.Timeout,
		})
		if err != nil {
			return nil, err
		}
		all[payment.Phone] = hosted
	}
	if p.Terminal != "" {
		terminal, err := pay.NewTerminal(pay.TerminalConfig{Address: p.Terminal, Timeout: p.TerminalTimeout})
		if err != nil {
			return nil, err
		}
		all[payment.Terminal] = terminal
	}
	return all, nil
}

// PaymentTime is how long an attempt to pay so lasts; zero: nobody pays so here.
func (c *Config) PaymentTime(t payment.Tender) time.Duration {
	switch p := c.Shop.Payment; {
	case t == payment.Phone && p.URL != "":
		return p.Phone
	case t == payment.Terminal && p.Terminal != "":
		return p.TerminalTime
	case t == payment.Cash && p.Cash:
		return p.CashTime
	}
	return 0
}
