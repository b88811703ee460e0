package config

// Pickup says what those who collect may do, and how long.
type Pickup struct {
	// so many free doors within reach of everybody are left to those who need or prefer one
	AccessibleKeptFree int `toml:"accessible_kept_free" default:"0" min:"0" max:"200"`
	// which parcels are collected with the code of one of them: "person", "order", "no"
	Together string `toml:"together" default:"person"`
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
}
