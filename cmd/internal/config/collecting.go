package config

// checkCollecting refuses what is said of codes, places and doors and does not fit together.
func (c *Config) checkCollecting(r *reader) {
	within := 0
	for _, k := range c.Compartments() {
		if k.Accessible || k.Low {
			within++
		}
	}
	if kept := c.Pickup.AccessibleKeptFree; kept > within {
		r.refuse("pickup.accessible_kept_free",
			"keeps %d doors within reach free, and the wall has %d: keep %d at "+
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
