package config

import (
	"strconv"
	"strings"
	"time"

	"cubby/locker/calendar"
	"cubby/locker/money"
	"cubby/locker/money/format"
)

// Pickup says what those who collect may do, and how long.
type Pickup struct {
	// so many free doors within reach of everybody are left to those who need or prefer one
	AccessibleKeptFree int `toml:"accessible_kept_free" default:"0" min:"0" max:"200"`
	// which parcels are collected with the code of one of them: "person", "order", "no"
	Together string `toml:"together" default:"person"`
	// what is typed: "8_digits", or "6_digits_and_phone" with the last four digits of the
	// recipient's phone behind six
	PIN string `toml:"pin" default:"8_digits"`
	// wrong PINs of one kind that a minute takes, at all terminals together
	PINTriesPerMinute int `toml:"pin_tries_per_minute" default:"10" min:"3" max:"60"`
	// wrong last digits of a phone that one parcel takes
	PhoneTriesPerParcel int `toml:"phone_tries_per_parcel" default:"10" min:"3" max:"100"`
	// whoever shows a code that is over is told why, so many days after the end of its parcel
	ExplainDays int `toml:"explain_days" default:"30" min:"1" max:"365"`
	// codes may have a tail that changes every 30 s, and parcels may demand it
	Rotating bool `toml:"rotating" default:"false"`
	// Delegates: the bearer of a parcel may have a code made for somebody else
	Delegates bool `toml:"delegates" default:"true"`
	// how long such a code opens; 0: as long as the parcel waits
	DelegateTime time.Duration `toml:"delegate_hours" unit:"1h" default:"0" min:"0" max:"720"`
	// how long a code opens its door once more that has just been emptied; 0: not at all
	ReopenGraceS int `toml:"reopen_grace_s" default:"120" min:"0" max:"600"`
	// places at the counter that staff keep parcels on which no door takes
	Shelf []string `toml:"shelf"`
	// the code of an expired parcel is good for so much longer; 0: not at all
	RescueHours int `toml:"rescue_hours" default:"24" min:"0" max:"336"`
	// staff take it out before when no other door would take it
	RescueYields bool `toml:"rescue_yields" default:"true"`
	// where its bearer may have a parcel sent at the kiosk: "counter", "ID" or "ID=NAME" of stations
	Elsewhere []string `toml:"elsewhere"`
	// when the station can be reached; empty: always
	Hours []string `toml:"hours"`
	// the time to collect counts from: "deposit", "notice"
	CountFrom string `toml:"count_from" default:"deposit" oneof:"deposit,notice"`
	// a notice is waited for so long
	NoticeWait time.Duration `toml:"notice_wait_hours" unit:"1h" default:"24" min:"1" max:"168"`
	// how often one parcel gets more time; 0: never
	Extensions     int `toml:"extensions" default:"1" min:"0" max:"10"`
	ExtensionHours int `toml:"extension_hours" default:"24" min:"1" max:"336"` // each time
	// of each; empty: free
	ExtensionPrice string `toml:"extension_price" default:""`
	// "not_needed", "not_full", "always"
	ExtendWhile string `toml:"extend_while" default:"not_needed" oneof:"not_needed,not_full,always"`
}

const (
	leastOpen   = 4 * time.Hour        // of a week
	longestWait = 120 * 24 * time.Hour // until a parcel's time is over
	// what an extension may cost at most, in minor units
	mostPrice = 1_000_000
)

// checkPickup refuses what does not fit together.
func (c *Config) checkPickup(r *reader) {
	c.checkCollecting(r)
	p := c.Pickup
	h, wrong, err := calendar.NewHours(p.Hours, time.UTC)
	switch {
	case err != nil:
		r.refuse(element("pickup.hours", wrong), "%v", err)
	case h.Weekly() < leastOpen:
		r.refuse("pickup.hours", "has %s in a week: at least %d hours, so that people can come", h.Weekly(),
			leastOpen/time.Hour)
	default:
		monday := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
		if ends := h.Add(monday, c.Policy.PickupTime).Sub(monday); ends > longestWait && !h.Always() {
			r.refuse("pickup.hours", "makes the %d pickup_hours of [policy] last %d days: shorten those, or open "+
				"longer; at most %d days", c.Policy.PickupTime/time.Hour, ends/(24*time.Hour),
				longestWait/(24*time.Hour))
		}
	}
	if _, ok := price(p.ExtensionPrice); !ok {
		r.refuse("pickup.extension_price", `%q is no price: an amount and a currency of ISO 4217 such as `+
			`"1.50 EUR" or "300 JPY", above 0 and with as many digits as the currency has; "" when it is free`,
			p.ExtensionPrice)
	}
	if p.ExtensionPrice != "" && p.Extensions == 0 {
		r.refuse("pickup.extension_price",
			"is set, and no time is added: set extensions to 1 or more, or take it out")
	}
}

// OpeningHours are when the station can be reached.
func (c *Config) OpeningHours() calendar.Hours {
	h, _, _ := calendar.NewHours(c.Pickup.Hours, c.Station.Zone()) // they were checked
	return h
}

// PriceOfExtension is what more time costs; zero: nothing.
func (p Pickup) PriceOfExtension() money.Amount {
	a, _ := price(p.ExtensionPrice)
	return a
}

// price reads "1.50 EUR"; the empty text is nothing.
func price(text string) (a money.Amount, ok bool) {
	if text == "" {
		return a, true
	}
	number, code, _ := strings.Cut(text, " ")
	digits, known := format.Digits(code)
	whole, part, dotted := strings.Cut(number, ".")
	if !known || dotted != (digits > 0) || len(part) != digits || len(number) > 12 ||
		strings.Trim(whole+part, "0123456789") != "" || whole == "" {
		return a, false
	}
	n, err := strconv.ParseInt(whole+part, 10, 64)
	return money.Of(n, code), err == nil && n > 0 && n <= mostPrice
}
