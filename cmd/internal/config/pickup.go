package config

import "time"

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
}

// checkPickup refuses what does not fit together.
func (c *Config) checkPickup(r *reader) {
	within := 0
	for _, k := range c.Compartments() {
		if k.Accessible || k.Low {
			within++
		}
	}
	if kept := c.Pickup.AccessibleKeptFree; kept > within {
		r.refuse("pickup.accessible_kept_free", "keeps %d doors within reach free, and the wall has %d: keep %d at "+
			"most, or mark more doors as accessible", kept, within, within)
	}
	if t := c.Pickup.Together; t != "person" && t != "order" && t != "no" {
		r.refuse("pickup.together", "%q is not known: one of person, order, no", t)
	}
	c.checkPlaces(r)
	if p := c.Pickup.PIN; p != "8_digits" && p != "6_digits_and_phone" {
		r.refuse("pickup.pin", "%q is not known: one of 8_digits, 6_digits_and_phone", p)
	}
}
