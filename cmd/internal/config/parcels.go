package config

// Parcels says which parcels are taken in.
type Parcels struct {
	// what becomes of a label that nobody has announced: "refuse", "accept"
	Unannounced string `toml:"unannounced" default:"refuse"`
}

func (c *Config) checkParcels(r *reader) {
	if u := c.Parcels.Unannounced; u != "refuse" && u != "accept" {
		r.refuse("parcels.unannounced", "%q is not known: one of refuse, accept", u)
	}
}
