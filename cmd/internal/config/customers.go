package config

// Customers says whether records of the people who collect are kept.
type Customers struct {
	// "no": new ones of nobody; "asked": of those who ask for it
	Kept string `toml:"kept" default:"no"`
	// a record that nobody has used for so long is erased
	UnusedDays int `toml:"unused_days" default:"365" min:"30" max:"3650"`
	// whether a member's own QR code opens the doors of the member's parcels
	QROpens bool `toml:"qr_opens" default:"true"`
	// whether somebody with a record may name another, who collects for them
	Neighbours bool `toml:"neighbours" default:"true"`
}

func (c *Config) checkCustomers(r *reader) {
	if k := c.Customers.Kept; k != "no" && k != "asked" {
		r.refuse("customers.kept", "%q is not known: one of no, asked", k)
	}
}
