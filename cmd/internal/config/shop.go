package config

import "time"

// Shop says whether things are sold here, and how whoever buys them has them.
type Shop struct {
	Enabled bool   `toml:"enabled" default:"false"`
	Name    string `toml:"name" default:"shop"` // of the shop in orders
	Country string `toml:"country" default:""`  // of consumers, ISO 3166-1 alpha-2; empty: not said

	Counter  bool `toml:"counter" default:"true"`      // it can be had at the counter
	Later    bool `toml:"locker_later" default:"true"` // staff put it behind a door
	Kerbside bool `toml:"kerbside" default:"false"`    // staff bring it to a bay
	// how long staff need to fetch it, in the hours in which they are there
	PickTime time.Duration `toml:"pick_min" unit:"1m" default:"30" min:"1" max:"1440"`
	// what was bought is kept for so long
	PickupHours int `toml:"pickup_hours" default:"72" min:"1" max:"720"`

	Payment ShopPayment `toml:"payment"`
}
