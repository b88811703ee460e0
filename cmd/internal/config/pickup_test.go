package config

import (
	"strings"
	"testing"
	"time"
)

func TestWhatPickupsAreGivenIsChecked(t *testing.T) {
	for add, says := range map[string]string{
		`hours = ["mon-sat 07:00-22:00"]`:                "",
		`hours = ["mo-sa 07:00-22:00"]`:                  "no day",
		`hours = ["mon 07:00-22:00", "tue 22:00-02:00"]`: "next day",
		`hours = ["sun 10:00-12:00"]`:                    "at least 4 hours",
		`hours = ["sun 10:00-14:00"]`:                    "shorten those",
		`count_from = "notice"`:                          "",
		`count_from = "now"`:                             "deposit",
		`notice_wait_hours = 169`:                        "168",
		`extensions = 11`:                                "10",
		`extension_hours = 0`:                            "336",
		`extension_price = "1.50 EUR"`:                   "",
		`extension_price = "300 JPY"`:                    "",
		`extension_price = "1.5 EUR"`:                    "no price",
		`extension_price = "0.00 EUR"`:                   "no price",
		`extension_price = "-1.50 EUR"`:                  "no price",
		`extension_price = "10000.01 EUR"`:               "no price",
		`extension_price = "1.50 eur"`:                   "no price",
		"extensions = 0\nextension_price = \"1.50 EUR\"": "no time is added",
		`extend_while = "never"`:                         "not_needed",
		`extend_while = "not_full"`:                      "",
	} {
		_, err := Parse("x.toml", shortest+"\n[pickup]\n"+add+"\n")
		if says == "" && err != nil || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, want %q", add, err, says)
		}
	}
	c, err := Parse("x.toml", shortest+"\n[pickup]\nhours = [\"daily 08:00-20:00\"]\nextension_price = \"1.50 EUR\"\n")
	if err != nil || c.OpeningHours().Weekly() != 84*time.Hour || c.Pickup.PriceOfExtension().Minor != 150 {
		t.Errorf("read as %+v, %v", c, err)
	}
}
