package config

import (
	"strings"
	"testing"
	"time"

	"cubby/locker/shop/payment"
)

func TestHowCustomersPayIsRead(t *testing.T) {
	c, err := Parse("c.toml", shortest+"\n[shop]\nenabled = true\n[shop.payment]\nurl = \"https://pay.example\"\n"+
		"key_file = \"k\"\nwebhook_secret_file = \"/s\"\nterminal = \"192.0.2.7:8474\"\nphone_s = 60\ncash = false\n")
	if err != nil {
		t.Fatal(err)
	}
	p := c.Shop.Payment
	if !c.Shop.Enabled || p.URL != "https://pay.example" || p.Phone != time.Minute ||
		p.Terminal != "192.0.2.7:8474" || p.Timeout != 10*time.Second || p.TerminalTime != 2*time.Minute ||
		p.CashTime != 30*time.Minute || p.Cash {
		t.Errorf("%+v", p)
	}
	providers, err := c.PaymentProviders()
	if err != nil || providers[payment.Phone] == nil || providers[payment.Terminal] == nil ||
		len(providers) != 2 {
		t.Errorf("%v, %v", providers, err)
	}
	for tender, want := range map[payment.Tender]time.Duration{
		payment.Phone: time.Minute, payment.Terminal: 2 * time.Minute, payment.Cash: 0, payment.Gift: 0,
	} {
		if got := c.PaymentTime(tender); got != want {
			t.Errorf("%s lasts %v, want %v", tender, got, want)
		}
	}
	if c, err := Parse("c.toml", shortest); err != nil || c.Shop.Enabled || !c.Shop.Payment.Cash {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestWaysToPayThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct{ keys, said string }{
		{"url = \"http://pay.example\"\nkey_file = \"k\"", "is not encrypted"},
		{"url = \"https://pay.example\"", "the file with the provider's secret key"},
		{"key_file = \"k\"", "files of a provider are named"},
		{"webhook_secret_file = \"s\"", "files of a provider are named"},
		{"terminal = \"192.0.2.7\"", "an address such as"}, {"terminal = \":8474\"", "an address such as"},
		{"cash = false", "leaves no way to pay"},
		{"timeout_s = 1", "from 2 to 60"}, {"timeout_s = 61", "from 2 to 60"},
		{"phone_s = 59", "from 60 to 3600"}, {"phone_s = 3601", "from 60 to 3600"},
		{"terminal_s = 29", "from 30 to 300"}, {"terminal_s = 301", "from 30 to 300"},
		{"terminal_timeout_s = 1", "from 2 to 60"},
		{"cash_min = 4", "from 5 to 120"}, {"cash_min = 121", "from 5 to 120"},
	} {
		text := shortest + "\n[shop]\nenabled = true\n[shop.payment]\n" + c.keys + "\n"
		if _, err := Parse("c.toml", text); err == nil || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v", c.keys, err)
		}
	}
}
