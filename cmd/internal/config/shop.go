package config

// Shop says whether things are sold here.
type Shop struct {
	Enabled bool `toml:"enabled" default:"false"`

	Payment ShopPayment `toml:"payment"`
}
